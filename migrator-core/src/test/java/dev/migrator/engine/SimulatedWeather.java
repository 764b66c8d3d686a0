package dev.migrator.engine;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Bad weather: messages are delayed or lost, answers too, transactions stay open, and processes stand still or die. */
final class SimulatedWeather implements Weather {
    private final Scheduler scheduler;
    private final SimulatedProcess process;
    private final int oneIn;

    /**
     * Weather.
     *
     * @param oneIn how seldom something goes wrong with a message; 0: never
     */
    SimulatedWeather(Scheduler scheduler, SimulatedProcess process, int oneIn) {
        this.scheduler = scheduler;
        this.process = process;
        this.oneIn = oneIn;
    }

    @Override
    public <T> T send(String what, Kind kind, Supplier<T> atServer) {
        if (scheduler.isBackground()) {
            scheduler.note(process + " in the background", what, () -> "");
            return atServer.get();
        }
        process.failIfCrashed();
        standStill();
        scheduler.letGo(process);
        if (oneIn > 0 && scheduler.chance(oneIn)) {
            return mishap(what, kind, atServer);
        }
        T answer = answered(what, atServer);
        standStill();
        scheduler.letGo(process);
        return answer;
    }

    private void standStill() {
        if (oneIn > 0 && scheduler.chance(8 * oneIn)) {
            process.freeze(Duration.ofSeconds(1 + scheduler.random().nextInt(40)));
            scheduler.note(process.toString(), "stands still", () -> "until " + process.wakes());
        }
    }

    private <T> T answered(String what, Supplier<T> atServer) {
        try {
            T answer = atServer.get();
            scheduler.note(process.toString(), what, () -> "-> " + brief(answer));
            return answer;
        } catch (StepFailure | LeaseLostException e) {
            scheduler.note(process.toString(), what, () -> "-> " + e.getMessage());
            throw e;
        }
    }

    private static String brief(Object answer) {
        if (answer instanceof Optional<?> found && found.orElse(null) instanceof MigrationState state) {
            return state.position().toString();
        }
        return answer instanceof List<?> list && list.size() > 3 ? list.size() + " lines" : answer.toString();
    }

    private <T> T mishap(String what, Kind kind, Supplier<T> atServer) {
        Mishap mishap = scheduler.any(List.of(Mishap.values()));
        scheduler.note(process.toString(), what, () -> "-> " + mishap);
        switch (mishap) {
            case REFUSED -> throw failure(ErrorClass.TRANSIENT, what);
            case REQUEST_LOST -> throw failure(ErrorClass.UNKNOWN, what);
            case ANSWER_LOST -> {
                unheard(what, atServer);
                throw failure(ErrorClass.UNKNOWN, what);
            }
            case REQUEST_LATE -> {
                late(what, kind, atServer);
                throw failure(ErrorClass.UNKNOWN, what);
            }
            case CRASH_BEFORE -> throw process.crash();
            case CRASH_AFTER -> {
                unheard(what, atServer);
                throw process.crash();
            }
            case CRASH_AND_LATE -> {
                late(what, kind, atServer);
                throw process.crash();
            }
        }
        throw new IllegalStateException();
    }

    private enum Mishap {
        REFUSED,
        REQUEST_LOST,
        ANSWER_LOST,
        REQUEST_LATE,
        CRASH_BEFORE,
        CRASH_AFTER,
        CRASH_AND_LATE
    }

    private <T> void unheard(String what, Supplier<T> atServer) {
        try {
            answered(what, atServer);
        } catch (StepFailure | LeaseLostException e) {
            scheduler.note(process.toString(), what, () -> "failed, and nobody heard of it");
        }
    }

    private <T> void late(String what, Kind kind, Supplier<T> atServer) {
        if (kind == Kind.FENCED) {
            scheduler.later(delay(), () -> {
                T answer = atServer.get();
                scheduler.note(process + " late", what, () -> "-> " + answer);
            });
        }
    }

    private Duration delay() {
        int bound = scheduler.chance(3) ? 60_000 : 300;
        return Duration.ofMillis(scheduler.random().nextInt(bound));
    }

    private static StepFailure failure(ErrorClass errorClass, String what) {
        return new StepFailure(errorClass, "08006", what + ": the connection broke", Optional.empty());
    }

    @Override
    public void during(OpenTransaction transaction) {
        if (scheduler.isBackground()) {
            return;
        }
        if (oneIn > 0 && scheduler.chance(oneIn)) {
            boolean commits = scheduler.chance(2);
            scheduler.later(delay(), () -> {
                scheduler.note(process + " late", transaction.toString(), () -> commits ? "commits" : "is rolled back");
                if (commits) {
                    transaction.commit();
                } else {
                    transaction.abort();
                }
            });
            scheduler.note(process.toString(), transaction.toString(), () -> "is left open");
            if (scheduler.chance(2)) {
                throw process.crash();
            }
            throw failure(ErrorClass.UNKNOWN, transaction.toString());
        }
        try {
            scheduler.letGo(process);
        } catch (Error e) {
            transaction.abort();
            throw e;
        }
    }
}
