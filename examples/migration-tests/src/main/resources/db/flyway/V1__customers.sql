CREATE TABLE customer (
    id    bigint PRIMARY KEY,
    name  text NOT NULL,
    email text NOT NULL UNIQUE
);

INSERT INTO customer
SELECT g, 'First' || g || ' Last' || g, 'customer' || g || '@example.org' FROM generate_series(1, 200) AS g;
