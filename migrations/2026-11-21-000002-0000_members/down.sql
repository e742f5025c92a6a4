DROP TABLE invitations;
DROP TABLE members;
DROP TABLE principals;
DROP TABLE users;
