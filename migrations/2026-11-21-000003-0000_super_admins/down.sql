DROP TRIGGER users_keep_a_super_admin ON users;
DROP TRIGGER members_keep_a_super_admin ON members;
DROP FUNCTION users_keep_a_super_admin;
DROP FUNCTION members_keep_a_super_admin;
DROP FUNCTION require_super_admin;
