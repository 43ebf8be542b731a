INSERT INTO user (username, password) VALUES ('ann', ''), ('bob', '');

INSERT INTO post (author_id, created, title, body) VALUES
  (1, '2026-01-01 00:00:00', 'First post', 'one' || char(10) || 'two');
