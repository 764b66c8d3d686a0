package dev.migrator.engine;

import static dev.migrator.Direction.FORWARD;
import static dev.migrator.Direction.ROLLING_BACK;
import static dev.migrator.Status.COMPLETE;
import static dev.migrator.Status.FAILED;
import static dev.migrator.Status.PAUSED;
import static dev.migrator.Status.PENDING;
import static dev.migrator.Status.RUNNING;
import static dev.migrator.Status.WAITING;

import dev.migrator.Direction;
import dev.migrator.Phase;
import dev.migrator.Status;
import java.util.Optional;

/** Which transition may follow which position: a phase forward at most, or a phase back. */
final class Moves {
    private Moves() {}

    static boolean isLegal(Position from, Transition transition) {
        Position to = transition.to();
        boolean open = from.status() != COMPLETE && from.status() != PENDING;
        boolean staysOpen = open && to.phase() == from.phase() && to.direction() == from.direction();
        boolean next = from.status() == COMPLETE
                && from.direction() == FORWARD
                && from.phase().next().equals(Optional.of(to.phase()))
                && to.direction() == FORWARD;
        return switch (transition.event()) {
            case "phase-started" -> (staysOpen || next) && is(to, to.phase(), RUNNING, FORWARD);
            case "phase-resumed" -> staysOpen && from.status() != RUNNING && is(to, from.phase(), RUNNING, FORWARD);
            case "phase-complete" -> from.status() == RUNNING && staysOpenOr(from, to, COMPLETE, FORWARD);
            case "waiting" -> (staysOpen || next) && to.status() == WAITING;
            case "failed" -> (staysOpen || next) && to.status() == FAILED;
            case "paused" -> staysOpen && from.status() == RUNNING && to.status() == PAUSED;
            case Transition.ROLLBACK_STARTED ->
                (from.direction() == FORWARD || from.status() == COMPLETE)
                        && is(to, from.phase(), RUNNING, ROLLING_BACK);
            case "rollback-redirected" -> staysOpen && is(to, from.phase(), RUNNING, ROLLING_BACK);
            case "rollback-resumed" ->
                staysOpen && from.status() != RUNNING && is(to, from.phase(), RUNNING, ROLLING_BACK);
            case "phase-undone" ->
                is(from, from.phase(), RUNNING, ROLLING_BACK)
                        && from.phase().previous().equals(Optional.of(to.phase()))
                        && is(to, to.phase(), reached(transition) ? COMPLETE : RUNNING, ROLLING_BACK);
            case "rolled-back" ->
                is(from, Phase.EXPAND, RUNNING, ROLLING_BACK) && is(to, Phase.EXPAND, PENDING, ROLLING_BACK);
            case "turned-forward" ->
                is(from, from.phase(), COMPLETE, ROLLING_BACK) && is(to, from.phase(), COMPLETE, FORWARD);
            default -> false;
        };
    }

    private static boolean reached(Transition transition) {
        return transition.rollbackTo().equals(Optional.of(transition.to().phase()));
    }

    private static boolean staysOpenOr(Position from, Position to, Status status, Direction direction) {
        return from.direction() == direction && is(to, from.phase(), status, direction);
    }

    private static boolean is(Position position, Phase phase, Status status, Direction direction) {
        return position.equals(new Position(phase, status, direction));
    }
}
