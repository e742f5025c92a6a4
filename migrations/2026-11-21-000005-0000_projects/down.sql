DROP TABLE grants;
DROP TABLE projects;
