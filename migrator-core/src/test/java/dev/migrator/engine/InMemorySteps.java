package dev.migrator.engine;

import dev.migrator.engine.Weather.Kind;
import dev.migrator.plan.Action;
import dev.migrator.plan.Step;
import java.util.List;
import java.util.Optional;

/** Runs steps on the in-memory schema, each kind of action in as many messages as the real one. */
final class InMemorySteps {
    private static final int BATCH = 2;

    private final InMemoryTables tables;
    private final Weather weather;

    InMemorySteps(InMemoryTables tables, Weather weather) {
        this.tables = tables;
        this.weather = weather;
    }

    void run(Lease lease, Step step, StepControl control) {
        new Work(lease, step, StepStatus.DONE, control).act(step.action());
    }

    void undo(Lease lease, Step step, StepControl control) {
        new Work(lease, step, StepStatus.PLANNED, control).act(step.undo());
    }

    /** A step on its way to a status. */
    private final class Work {
        private final Lease lease;
        private final Step step;
        private final StepStatus goal;
        private final StepControl control;

        Work(Lease lease, Step step, StepStatus goal, StepControl control) {
            this.lease = lease;
            this.step = step;
            this.goal = goal;
            this.control = control;
        }

        void act(Action action) {
            StepStatus status = weather.send("status", Kind.QUESTION, () -> tables.status(step));
            if (status == goal) {
                return;
            }
            if (action instanceof Action.Transaction transaction) {
                inOneTransaction(transaction.statements());
            } else if (action instanceof Action.Scan scan) {
                inOneTransaction(scan.statements());
            } else if (action instanceof Action.Nothing) {
                inOneTransaction(List.of());
            } else if (action instanceof Action.Backfill) {
                backfill();
            } else if (action instanceof Action.Compare) {
                compare();
            } else if (action instanceof Action.BuildIndex build) {
                build(build.name().value());
            } else if (action instanceof Action.DropIndex drop) {
                drop(drop.name().value());
            } else if (action instanceof Action.Script script) {
                script(script.statements());
            } else {
                throw new IllegalStateException("not to be run: " + action);
            }
        }

        private void guarded(String part, Runnable work) {
            InMemoryDatabase.guarded(tables, weather, lease, goal + " " + step.ordinal() + " " + part, () -> {
                if (tables.broken().contains(step.ordinal())) {
                    throw new StepFailure(
                            ErrorClass.PERMANENT,
                            "42501",
                            "permission denied to do step " + step.ordinal(),
                            Optional.empty());
                }
                if (tables.status(step) != goal) {
                    work.run();
                }
            });
        }

        private void finish() {
            tables.mark(step, goal);
        }

        private void inOneTransaction(List<String> statements) {
            if (tables.sabotage() == Sabotage.RECORD_APART) {
                guarded("alone", () -> statements.forEach(tables.schema()::execute));
                guarded("record", this::finish);
            } else {
                guarded("", () -> {
                    statements.forEach(tables.schema()::execute);
                    finish();
                });
            }
        }

        private void begin(Runnable recordNames) {
            guarded("begin", () -> {
                tables.mark(step, StepStatus.RUNNING);
                recordNames.run();
            });
        }

        private void backfill() {
            begin(() -> {});
            int done = 0;
            while (done < InMemorySchema.ROWS) {
                control.checkpoint();
                guarded("batch", this::batch);
                done = weather.send("cursor", Kind.QUESTION, tables::cursor);
                control.progress(new Progress(step.title(), done, InMemorySchema.ROWS, done));
            }
            guarded("end", this::finish);
        }

        private void batch() {
            int from = tables.cursor();
            int to = Math.min(from + BATCH, InMemorySchema.ROWS);
            for (int row = from; row < to; row++) {
                tables.schema().fill(row);
            }
            tables.setCursor(to);
        }

        private void compare() {
            for (int row = 0; row < InMemorySchema.ROWS; row++) {
                control.checkpoint();
                int looked = row;
                boolean filled = weather.send(
                        "compare", Kind.QUESTION, () -> tables.schema().isFilled(looked));
                if (!filled) {
                    boolean overtaken = lease.token() != tables.token();
                    Violation.unless(overtaken, "row " + row + " was never filled");
                    throw new StepFailure(ErrorClass.PERMANENT, "", "row " + row + " differs", Optional.empty());
                }
            }
            guarded("end", this::finish);
        }

        private void build(String name) {
            String attempt = name + "~" + lease.token();
            begin(() -> tables.schema().record(attempt));
            unfenced("build", () -> tables.schema().buildIndex(attempt));
            guarded("publish", () -> {
                tables.schema().renameIndex(attempt, name);
                finish();
            });
            List<String> others = tables.schema().attempts(name, lease.token());
            unfenced("clean", () -> tables.schema().dropIndexes(others));
        }

        private void drop(String name) {
            String attempt = name + "~" + lease.token();
            begin(() -> {
                tables.schema().record(attempt);
                if (tables.schema().hasIndex(name) && !tables.schema().hasIndex(attempt)) {
                    tables.schema().renameIndex(name, attempt);
                }
            });
            List<String> attempts = tables.schema().attempts(name, lease.token());
            unfenced("drop", () -> tables.schema().dropIndexes(attempts));
            guarded("end", this::finish);
        }

        private void script(List<String> statements) {
            begin(() -> {});
            for (String statement : statements) {
                guarded("script", () -> tables.schema().executeAgain(statement));
            }
            guarded("end", this::finish);
        }

        private void unfenced(String part, Runnable work) {
            weather.send(goal + " " + step.ordinal() + " " + part, Kind.UNFENCED, () -> {
                tables.tick();
                work.run();
                return part;
            });
        }
    }
}
