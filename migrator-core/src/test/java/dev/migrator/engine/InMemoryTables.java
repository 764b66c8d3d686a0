package dev.migrator.engine;

import dev.migrator.Migration;
import dev.migrator.plan.Action;
import dev.migrator.plan.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What the in-memory database holds, for one migration. Engines reach it through an {@link InMemoryDatabase} each. */
final class InMemoryTables {
    private final Sabotage sabotage;
    private final Watch watch = new Watch(this);
    private final InMemorySchema schema = new InMemorySchema();
    private final List<OpenTransaction> open = new ArrayList<>();
    private final List<Event> history = new ArrayList<>();
    private final List<Approval> approvals = new ArrayList<>();
    private final List<GateReport> answers = new ArrayList<>();
    private final Set<Integer> broken = new TreeSet<>();
    private List<StepState> steps = List.of();
    private Optional<Migration> migration = Optional.empty();
    private Optional<MigrationState> state = Optional.empty();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private LeaseHolder holder = new LeaseHolder("", Instant.EPOCH);
    private Instant queryWasTrue = Instant.EPOCH;
    private boolean queryIsTrue = true;
    private LiveReleases live = new LiveReleases(0, List.of(), List.of("no instance is registered"));
    private boolean paused;
    private long token;
    private long outgrown;
    private int cursor;

    InMemoryTables(Sabotage sabotage) {
        this.sabotage = sabotage;
    }

    InMemoryTables() {
        this(Sabotage.NONE);
    }

    Sabotage sabotage() {
        return sabotage;
    }

    Watch watch() {
        return watch;
    }

    InMemorySchema schema() {
        return schema;
    }

    Instant now() {
        return now;
    }

    void setNow(Instant later) {
        now = later.isAfter(now) ? later : now;
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    /** No two commits happen at the same time. */
    void tick() {
        pass(Duration.ofNanos(1000));
    }

    long token() {
        return token;
    }

    void setToken(long token) {
        this.token = token;
    }

    LeaseHolder holder() {
        return holder;
    }

    void setHolder(LeaseHolder holder) {
        this.holder = holder;
    }

    /** Begins a transaction that needs the newest token. */
    OpenTransaction begin(Lease lease, String what, Runnable work) {
        if (lease.token() != token && sabotage != Sabotage.NO_FENCE) {
            throw new LeaseLostException(lease);
        }
        OpenTransaction transaction = new OpenTransaction(this, lease, what, work);
        open.add(transaction);
        return transaction;
    }

    void ended(OpenTransaction transaction) {
        open.remove(transaction);
    }

    /** Whether a transaction is under way that the next token has to wait for. */
    boolean isTokenLocked() {
        return !open.isEmpty() && sabotage != Sabotage.CHECK_WITHOUT_LOCK;
    }

    Optional<Migration> migration() {
        return migration;
    }

    Optional<MigrationState> state() {
        return state;
    }

    void setState(MigrationState written) {
        state = Optional.of(written);
    }

    List<StepState> steps() {
        return steps;
    }

    /** Replaces the whole plan. */
    void begin(Migration started, List<Step> planned) {
        migration = Optional.of(started);
        steps = planned.stream()
                .map(step -> new StepState(step, StepStatus.PLANNED, 0))
                .toList();
        cursor = 0;
    }

    StepStatus status(Step step) {
        return steps.get(step.ordinal() - 1).status();
    }

    /** Changes a step's record. */
    void mark(Step step, StepStatus status) {
        watch.marks(step, status);
        List<StepState> changed = new ArrayList<>(steps);
        StepState before = changed.get(step.ordinal() - 1);
        changed.set(step.ordinal() - 1, new StepState(before.step(), status, before.attempts() + 1));
        steps = List.copyOf(changed);
        if (status == StepStatus.PLANNED) {
            cursor = 0;
        }
    }

    /** A standby takes over that has not seen the commits of these steps. */
    void losesStepsFrom(int ordinal) {
        List<StepState> changed = new ArrayList<>(steps);
        for (int i = changed.size() - 1; i >= ordinal - 1; i--) {
            StepState state = changed.get(i);
            if (state.status() == StepStatus.DONE) {
                Action undo = state.step().undo();
                List<String> statements = undo instanceof Action.Script script
                        ? script.statements()
                        : ((Action.Transaction) undo).statements();
                statements.forEach(schema::execute);
                changed.set(i, new StepState(state.step(), StepStatus.PLANNED, 0));
            }
        }
        steps = List.copyOf(changed);
    }

    /** One that has not seen the undoing of a step takes over. */
    void losesUndoingOf(Step step) {
        ((Action.Transaction) step.action()).statements().forEach(schema::execute);
        List<StepState> changed = new ArrayList<>(steps);
        changed.set(step.ordinal() - 1, new StepState(step, StepStatus.DONE, 0));
        steps = List.copyOf(changed);
    }

    List<Event> history() {
        return history;
    }

    List<Approval> approvals() {
        return approvals;
    }

    /** What gates have answered, as recorded. */
    List<GateReport> answers() {
        return answers;
    }

    LiveReleases live() {
        return live;
    }

    void setLive(LiveReleases now) {
        live = now;
    }

    Set<Integer> broken() {
        return broken;
    }

    boolean isPaused() {
        return paused;
    }

    void setPaused(boolean paused) {
        this.paused = paused;
    }

    boolean askQuery() {
        if (queryIsTrue) {
            queryWasTrue = now;
        }
        return queryIsTrue;
    }

    Instant queryWasTrue() {
        return queryWasTrue;
    }

    void setQuery(boolean isTrue) {
        queryIsTrue = isTrue;
    }

    long outgrown() {
        return outgrown;
    }

    void setOutgrown(long rows) {
        outgrown = rows;
    }

    int cursor() {
        return cursor;
    }

    void setCursor(int cursor) {
        this.cursor = cursor;
    }
}
