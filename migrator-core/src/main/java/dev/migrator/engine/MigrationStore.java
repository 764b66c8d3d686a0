package dev.migrator.engine;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.plan.Plan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The state tables. Every method is one atomic exchange with the database; one that takes a {@link Lease} writes only if
 * the lease's token is still the newest, and throws {@link LeaseLostException} otherwise.
 *
 * <p>All methods throw {@link StepFailure} when the database fails.
 */
public interface MigrationStore {

    /** The database's clock. */
    Instant now();

    /** Where a migration stands; empty if it was never started. */
    Optional<MigrationState> find(String id);

    /** All started migrations, by id. */
    List<MigrationState> all();

    /** The steps of a started migration, by ordinal, as recorded. */
    List<StepState> steps(String id);

    /**
     * Takes the lease of a migration if nobody holds it or its holder's time has run out. The new token is higher than any
     * before; taking it waits until no transaction of an older token is under way, and gives up after a short while.
     *
     * <p>Asked again by the owner that holds it, as an engine does that never got the answer, it gives the same lease again.
     *
     * @param owner who asks, a name that no other walk of any engine has
     * @return empty if somebody else holds it
     */
    Optional<Lease> acquire(String id, String owner, Duration timeToLive);

    /** Who holds the lease now. */
    Optional<LeaseHolder> holder(String id);

    /** Extends a lease; false if it is no longer the newest, or was given back. */
    boolean renew(Lease lease, Duration timeToLive);

    /** Gives a lease back; does nothing if it is no longer the newest. */
    void release(Lease lease);

    /**
     * Replaces a lease by one with a higher token, after an answer was lost. When it returns, no transaction of the old
     * token is under way or can still commit, so that what the records say is what happened.
     *
     * <p>Asked again with the same lease, as an engine does that never got the answer, it gives the new lease again: the
     * token has then grown by one, and the owner is the same.
     *
     * @throws LeaseLostException if somebody else holds the lease
     */
    Lease settle(Lease lease, Duration timeToLive);

    /** Records a migration with its whole plan and enters EXPAND; replaces the plan of one that was rolled back. */
    void start(Lease lease, Migration migration, Plan plan);

    /**
     * Writes a transition with its line of history. {@link Transition#ROLLBACK_STARTED} uses up all approvals given so far.
     */
    void transition(Lease lease, Transition transition);

    /** Whether somebody asked this migration to pause. */
    boolean isPaused(String id);

    /** Asks a migration to pause, or to go on; from any process, without a lease. */
    void setPaused(String id, boolean paused);

    /** Records an approval of a phase, for the definition with that checksum. */
    void approve(String id, Phase phase, String checksum, String by, String reason);

    /** The approvals of a phase for that checksum that no rollback has used up. */
    List<Approval> approvals(String id, Phase phase, String checksum);

    /** Records what the gates of a phase have answered; a line of history for each whose verdict is another one than before. */
    void gatesAnswered(Lease lease, GateQuestion question, List<GateReport> reports);

    /** All events of a migration, in order. */
    List<Event> history(String id);
}
