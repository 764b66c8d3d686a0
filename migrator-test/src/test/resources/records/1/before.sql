CREATE TABLE teams (id int PRIMARY KEY, label text);
CREATE TABLE users (
  id serial PRIMARY KEY,
  name text NOT NULL DEFAULT 'anon',
  nick varchar(40) COLLATE "C",
  n int DEFAULT 7 CHECK (n > -1000000),
  team int REFERENCES teams (id) ON DELETE SET NULL,
  street text,
  city text,
  note text,
  CONSTRAINT name_is_short CHECK (length(name) < 200),
  CONSTRAINT nick_once UNIQUE (nick) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX users_name ON users (lower(name) text_pattern_ops DESC NULLS LAST, id) INCLUDE (note) WHERE n > 0;
CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text NOT NULL);
COMMENT ON COLUMN users.name IS 'what we call them';
INSERT INTO teams SELECT g, 'team ' || g FROM generate_series(1, 3) g;
INSERT INTO users (name, nick, n, team, street, city, note)
  SELECT 'First' || g || ' Last' || g, 'nick' || g, g, g % 3 + 1, 'Street ' || g, 'City ' || g % 7, repeat('x', g % 25)
    FROM generate_series(1, 30) g;
INSERT INTO orders (note) SELECT 'order' FROM generate_series(1, 5) g;
