CREATE TABLE orders (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id),
    amount  integer NOT NULL CHECK (amount > 0)
);
INSERT INTO orders (user_id, amount) SELECT g % 20 + 1, g FROM generate_series(1, 30) g;
