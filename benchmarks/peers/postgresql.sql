-- The seats, and a lock of some of them: SELECT ... FOR UPDATE, then UPDATE, in one round trip.
-- fillfactor: a new version of a row finds room on the same page, and no index has to change.
CREATE TABLE seats (
  id integer PRIMARY KEY,
  show_id integer NOT NULL,
  status text NOT NULL DEFAULT 'free',
  locked_by text,
  locked_until timestamptz
) WITH (fillfactor = 45);

-- All or nothing; in the order of their ids, so that two who want the same seats do not wait for
-- each other.
CREATE FUNCTION lock_seats(wanted_show integer, wanted integer[], owner text) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM seats
    WHERE id = ANY (wanted) AND show_id = wanted_show
      AND (status = 'free' OR (status = 'locked' AND locked_until < now()))
    ORDER BY id FOR UPDATE;
  DECLARE
    found_free integer;
  BEGIN
    GET DIAGNOSTICS found_free = ROW_COUNT;
    IF found_free <> cardinality(wanted) THEN
      RETURN false;
    END IF;
  END;
  UPDATE seats
    SET status = 'locked', locked_by = owner, locked_until = now() + interval '5 minutes'
    WHERE id = ANY (wanted);
  RETURN true;
END
$$;
