package dev.migrator.engine;

import dev.migrator.Direction;
import dev.migrator.Gate;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.Weather.Kind;
import dev.migrator.plan.Action;
import dev.migrator.plan.Plan;
import dev.migrator.plan.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** One engine's way to the in-memory database: state tables and steps, as atomic as the real ones, through some weather. */
final class InMemoryDatabase implements MigrationStore, StepExecutor {
    private final InMemoryTables tables;
    private final InMemorySteps steps;
    private final Weather weather;

    InMemoryDatabase(InMemoryTables tables, Weather weather) {
        this.tables = tables;
        this.weather = weather;
        this.steps = new InMemorySteps(tables, weather);
    }

    private <T> T read(String what, Supplier<T> question) {
        return weather.send(what, Kind.QUESTION, question);
    }

    private <T> T write(String what, Supplier<T> change) {
        return weather.send(what, Kind.FENCED, () -> {
            tables.tick();
            return change.get();
        });
    }

    @Override
    public Instant now() {
        return read("now", tables::now);
    }

    @Override
    public Optional<MigrationState> find(String id) {
        return read("find", tables::state);
    }

    @Override
    public List<MigrationState> all() {
        return read("all", () -> tables.state().stream().toList());
    }

    @Override
    public List<StepState> steps(String id) {
        return read("steps", tables::steps);
    }

    @Override
    public Optional<Lease> acquire(String id, String owner, Duration timeToLive) {
        return write("acquire", () -> {
            LeaseHolder holder = tables.holder();
            if (holder.owner().equals(owner)) {
                return Optional.of(lease(id, owner, tables.token(), timeToLive));
            }
            boolean held = !holder.owner().isEmpty() && tables.now().isBefore(holder.expires());
            return held || tables.isTokenLocked()
                    ? Optional.empty()
                    : Optional.of(lease(id, owner, tables.token() + 1, timeToLive));
        });
    }

    private Lease lease(String id, String owner, long token, Duration timeToLive) {
        tables.setToken(token);
        tables.setHolder(new LeaseHolder(owner, tables.now().plus(timeToLive)));
        return new Lease(id, token, owner);
    }

    @Override
    public Optional<LeaseHolder> holder(String id) {
        return read("holder", () -> Optional.of(tables.holder())
                .filter(holder -> !holder.owner().isEmpty()));
    }

    private boolean holds(Lease lease) {
        return tables.token() == lease.token() && tables.holder().owner().equals(lease.owner());
    }

    @Override
    public boolean renew(Lease lease, Duration timeToLive) {
        return write("renew", () -> {
            boolean held = holds(lease);
            if (held) {
                lease(lease.migration(), lease.owner(), lease.token(), timeToLive);
            }
            return held;
        });
    }

    @Override
    public void release(Lease lease) {
        write("release", () -> {
            boolean held = holds(lease);
            if (held) {
                tables.setHolder(new LeaseHolder("", Instant.EPOCH));
            }
            return held;
        });
    }

    @Override
    public Lease settle(Lease lease, Duration timeToLive) {
        return write("settle", () -> {
            boolean ours = tables.holder().owner().equals(lease.owner());
            if (ours && tables.token() == lease.token() + 1) {
                return lease(lease.migration(), lease.owner(), tables.token(), timeToLive);
            }
            if (!ours || tables.token() != lease.token()) {
                throw new LeaseLostException(lease);
            }
            if (tables.isTokenLocked() && tables.sabotage() != Sabotage.SETTLE_DOES_NOTHING) {
                throw new StepFailure(
                        ErrorClass.TRANSIENT, "55P03", "a transaction of the old token is under way", Optional.empty());
            }
            long grown = tables.sabotage() == Sabotage.SETTLE_DOES_NOTHING ? 0 : 1;
            return lease(lease.migration(), lease.owner(), lease.token() + grown, timeToLive);
        });
    }

    /** A transaction that writes only under the newest token. */
    static void guarded(InMemoryTables tables, Weather weather, Lease lease, String what, Runnable work) {
        weather.send(what, Kind.FENCED, () -> {
            OpenTransaction transaction = tables.begin(lease, what, work);
            weather.during(transaction);
            transaction.commit();
            return transaction;
        });
    }

    @Override
    public void start(Lease lease, Migration migration, Plan plan) {
        guarded(tables, weather, lease, "start", () -> {
            tables.watch().starts(lease);
            tables.begin(migration, plan.steps());
            Position first = new Position(Phase.EXPAND, Status.RUNNING, Direction.FORWARD);
            tables.setState(new MigrationState(
                    migration.id(),
                    migration.checksum(),
                    migration.definition(),
                    first,
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    tables.now(),
                    tables.now(),
                    plan.fingerprint()));
            tell(Phase.EXPAND, "started", "");
        });
    }

    @Override
    public void transition(Lease lease, Transition transition) {
        guarded(tables, weather, lease, transition.event(), () -> {
            MigrationState before = tables.state().orElseThrow();
            tables.watch().moves(before, transition, lease);
            tables.setState(new MigrationState(
                    before.id(),
                    before.checksum(),
                    before.definition(),
                    transition.to(),
                    transition.rollbackTo(),
                    transition.error(),
                    transition.waiting(),
                    transition.phaseCompleted() ? tables.now() : before.phaseCompletedAt(),
                    tables.now(),
                    transition.fingerprint().orElse(before.fingerprint())));
            boolean turns = transition.event().equals(Transition.ROLLBACK_STARTED);
            if (turns && tables.sabotage() != Sabotage.APPROVALS_LAST_FOREVER) {
                tables.approvals().clear();
            }
            tell(transition.to().phase(), transition.event(), transition.detail());
        });
    }

    private void tell(Phase phase, String event, String detail) {
        tables.history().add(new Event(tables.now(), phase, event, "app", "", detail));
    }

    @Override
    public boolean isPaused(String id) {
        return read("isPaused", tables::isPaused);
    }

    @Override
    public void setPaused(String id, boolean paused) {
        write("setPaused", () -> {
            tables.setPaused(paused);
            return paused;
        });
    }

    @Override
    public void approve(String id, Phase phase, String checksum, String by, String reason) {
        write("approve", () -> tables.approvals()
                .add(new Approval(phase, by, "app", reason, tables.now(), List.of("app"))));
    }

    @Override
    public List<Approval> approvals(String id, Phase phase, String checksum) {
        return read("approvals", () -> {
            List<Approval> all = tables.sabotage() == Sabotage.GATES_STAND_OPEN
                    ? List.of(new Approval(phase, "nobody", "app", "", Instant.MAX, List.of("app")))
                    : tables.approvals();
            return all.stream().filter(approval -> approval.phase() == phase).toList();
        });
    }

    @Override
    public List<Event> history(String id) {
        return read("history", () -> List.copyOf(tables.history()));
    }

    @Override
    public void run(Lease lease, Step step, Optional<ReleaseGuard> guard, StepControl control) {
        steps.run(lease, step, control);
    }

    @Override
    public void undo(Lease lease, Step step, Optional<ReleaseGuard> guard, StepControl control) {
        steps.undo(lease, step, control);
    }

    /** No row fails in memory. */
    @Override
    public RetryReport retryFailedRows(Lease lease, Step step, StepControl control) {
        return new RetryReport(0, false);
    }

    @Override
    public List<String> fingerprint(MigrationState state, List<StepState> recorded) {
        return read("fingerprint", () -> tables.schema().fingerprint());
    }

    @Override
    public boolean holds(Action.Require requirement) {
        return read("holds", () -> true);
    }

    @Override
    public CompareReport outgrownRows(MigrationState state, List<StepState> recorded) {
        return read("outgrownRows", () -> new CompareReport(InMemorySchema.ROWS, tables.outgrown(), List.of()));
    }

    @Override
    public GateAnswer ask(Gate gate, GateQuestion question) {
        String reason = ((Gate.Sql) gate).reason();
        return read("ask", () -> tables.askQuery() ? GateAnswer.pass(reason) : GateAnswer.wait(reason));
    }

    @Override
    public LiveReleases releases(Gate.Releases gate, GateQuestion question) {
        return read("releases", tables::live);
    }

    @Override
    public void gatesAnswered(Lease lease, GateQuestion question, List<GateReport> reports) {
        write("gatesAnswered", () -> tables.answers().addAll(reports));
    }

    @Override
    public CompareReport compare(MigrationState state, List<StepState> recorded, StepControl control) {
        return new CompareReport(InMemorySchema.ROWS, 0, List.of());
    }
}
