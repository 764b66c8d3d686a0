CREATE TABLE users (
    id    bigint PRIMARY KEY,
    name  text NOT NULL,
    email text UNIQUE
);
INSERT INTO users SELECT g, 'name ' || g, 'user' || g || '@example.org' FROM generate_series(1, 20) g;
