"""A booking back end of the shape that Box Office replaces: FastAPI, synchronous endpoints,
SQLAlchemy's ORM with a session for each request, SQLite or PostgreSQL by DATABASE_URL. Only what
locking seats needs, and written so that it does not sell a seat twice: the rows are locked before
they are read (FOR UPDATE; SQLite, which has no such thing, begins with the lock on the database).
"""

import os
from datetime import datetime, timedelta
from typing import List

from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import Column, DateTime, Integer, String, and_, create_engine, event, or_
from sqlalchemy.orm import Session, declarative_base, sessionmaker

LOCK_TTL = timedelta(minutes=5)
DATABASE_URL = os.environ["DATABASE_URL"]

if DATABASE_URL.startswith("sqlite"):
    engine = create_engine(DATABASE_URL, connect_args={"check_same_thread": False, "timeout": 120})

    @event.listens_for(engine, "connect")
    def leave_transactions_to_us(connection, _):
        connection.isolation_level = None
        connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def begin_as_a_writer(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
else:
    # As many as there are threads for synchronous endpoints.
    engine = create_engine(DATABASE_URL, pool_size=40)

SessionLocal = sessionmaker(autocommit=False, autoflush=False, bind=engine)
Base = declarative_base()


class Seat(Base):
    __tablename__ = "seats"

    id = Column(Integer, primary_key=True)
    show_id = Column(Integer, nullable=False)
    status = Column(String, nullable=False, default="free")
    locked_by = Column(String)
    locked_until = Column(DateTime)


class SeatLockRequest(BaseModel):
    show_id: int
    seat_ids: List[int]
    user_session: str


class SeatLockResponse(BaseModel):
    success: bool
    locked_seats: List[int]
    expires_at: datetime
    message: str


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


app = FastAPI(title="Movie Booking API")


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.post("/api/seats/lock", response_model=SeatLockResponse)
def lock_seats(request: SeatLockRequest, db: Session = Depends(get_db)):
    now = datetime.utcnow()
    expires_at = now + LOCK_TTL
    free = or_(Seat.status == "free", and_(Seat.status == "locked", Seat.locked_until < now))
    seats = (db.query(Seat)
             .filter(Seat.id.in_(request.seat_ids), Seat.show_id == request.show_id, free)
             .order_by(Seat.id)
             .with_for_update()
             .all())
    if len(seats) != len(request.seat_ids):
        db.rollback()
        return SeatLockResponse(success=False, locked_seats=[], expires_at=expires_at,
                                message="Some seats are not available")
    for seat in seats:
        seat.status = "locked"
        seat.locked_by = request.user_session
        seat.locked_until = expires_at
    db.commit()
    return SeatLockResponse(success=True, locked_seats=request.seat_ids, expires_at=expires_at,
                            message="Seats locked successfully")
