INSERT INTO user (username, password) VALUES
  ('ann', '$argon2id$v=19$m=19456,t=2,p=1$0LzewARfjaheyaZKpM56Vg$DfBJCmMNqTXk9JpQWuoXMgEuyOc2FQ3178+jBs2YZkg'),
  ('bob', '$argon2id$v=19$m=19456,t=2,p=1$lI1kAABd2we+LWMUVjKOsA$PbvPYiv/AkLLDi5zrJ0Pkfcls76yEBe+etZ1QSLChec');

INSERT INTO post (author_id, created, title, body) VALUES
  (1, '2026-01-01 00:00:00', 'First post', 'one' || char(10) || 'two');
