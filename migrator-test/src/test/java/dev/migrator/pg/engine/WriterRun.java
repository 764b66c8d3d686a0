package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Phase;
import dev.migrator.engine.EngineListener;
import dev.migrator.plan.Step;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** One run: a table, its writers, and the engine that walks its migration there and back and there again. */
final class WriterRun implements AutoCloseable {
    private static final int ROWS = 300;
    private static final int COUNTERS = 4;

    private final WriterTable table;
    private final int writes;
    private final Random random;
    private final TestDatabase database = PostgresServer.shared().createDatabase();
    private final WriterGate gate = new WriterGate();
    private final WriterPool pool = new WriterPool();
    private final WriterCheck check;
    private final Rig rig;
    private final List<Thread> threads = new ArrayList<>();

    /**
     * Makes the table, fills it, and starts the writers, who wait for a stage that permits them to write.
     *
     * @param writes how many transactions there are at least before each step of the engine
     */
    WriterRun(WriterTable table, long seed, int writes) {
        this.table = table;
        this.writes = writes;
        this.random = new Random(seed);
        database.execute(table.schema().toArray(String[]::new));
        this.check = new WriterCheck(database, table, pool);
        this.rig = Rig.over(database, database.pool(), new Pacer());
        fill();
        start(WriterKind.OLD, 2);
        start(WriterKind.NEW, 2);
        start(WriterKind.BOTH, 1);
    }

    /** Lets writers write before each step, so that they meet every state that the engine leaves between two. */
    private final class Pacer implements EngineListener {
        @Override
        public void stepBegins(String migration, Step step, boolean forward) {
            more();
        }
    }

    private void more() {
        try {
            gate.awaitMore(writes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void fill() {
        WriterSql sql = new WriterSql(table.name());
        WriterValues values = new WriterValues(table, WriterKind.OLD, pool, random);
        List<String> statements = new ArrayList<>();
        for (int i = 1; i <= ROWS; i++) {
            Map<String, String> given = values.inserted(WriterStage.VALIDATING, i);
            statements.add(sql.insert(List.of(given)));
            pool.add(table.model().insert(given, false));
        }
        for (int i = 1; i <= COUNTERS; i++) {
            Map<String, String> given = new LinkedHashMap<>(Map.of("id", String.valueOf(ROWS + i)));
            given.put(table.counter().get(0), "0");
            statements.add(sql.insert(List.of(given)));
            pool.addCounter(table.model().insert(given, false));
        }
        if (table.sameNames()) {
            statements.add("SELECT setval('accounts_id_seq', " + (ROWS + COUNTERS) + ")");
        }
        database.execute(statements.toArray(String[]::new));
    }

    private void start(WriterKind kind, int count) {
        for (int i = 1; i <= count; i++) {
            String name = kind + " writer " + i;
            Writer writer = new Writer(name, database, table, kind, gate, pool, random.nextLong());
            Thread thread = new Thread(writer, name);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    private void stage(WriterStage stage, Runnable look) {
        try {
            gate.change(stage, look);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(gate.failures()).as("failed statements").isEmpty();
    }

    private void forward(Phase phase) {
        rig.to(table.migration(), phase);
        more();
    }

    private void back(Optional<Phase> phase) {
        rig.back(table.migration(), phase);
        more();
    }

    /** From before EXPAND to the end of VALIDATE. */
    void toValidate() {
        stage(WriterStage.OLD_ONLY, () -> {});
        more();
        forward(Phase.EXPAND);
        stage(WriterStage.BLIND, () -> {
            check.expanded();
            check.bothShapes("after EXPAND", true);
        });
        more();
        forward(Phase.BACKFILL);
        stage(WriterStage.VALIDATING, () -> {
            check.bothShapes("after BACKFILL", false);
            mend();
            check.bothShapes("after what up can't compute was mended", false);
        });
        more();
        forward(Phase.VALIDATE);
        stage(WriterStage.TRUTH, () -> check.bothShapes("after VALIDATE", false));
        more();
    }

    /** Gives every row that {@code up} can't compute a value that it can. */
    private void mend() {
        if (table.sameNames()) {
            return;
        }
        database.execute("UPDATE people SET lat = '5' WHERE lat = " + WriterSql.literal(WriterColumns.UNMAPPABLE));
        pool.replaceAll(row -> WriterColumns.UNMAPPABLE.equals(row.get("lat"))
                ? table.model().update(row, Map.of("lat", "5"), false)
                : row);
    }

    /** CONTRACT, while the new release goes on. */
    void contract() {
        stage(WriterStage.EXCHANGE, () -> check.bothShapes("before CONTRACT", false));
        more();
        forward(Phase.CONTRACT);
        stage(WriterStage.CONTRACTED, () -> check.bothShapes("after CONTRACT", false));
        more();
    }

    /** From CONTRACT back to VALIDATE, after which the old release may come back. */
    void backToValidate() {
        stage(WriterStage.EXCHANGE, () -> check.bothShapes("while the new shape stands alone", false));
        more();
        back(Optional.of(Phase.VALIDATE));
        stage(WriterStage.TRUTH, () -> check.bothShapes("back at VALIDATE", false));
        more();
    }

    /** Back to before EXPAND; the new release stops before, the old one goes on. */
    void backToTheBeginning() {
        stage(WriterStage.GOING_BACK, () -> check.bothShapes("before the way back", false));
        more();
        back(Optional.empty());
        stage(WriterStage.OLD_ONLY, () -> {
            check.oldShape("back before EXPAND");
            pool.replaceAll(table.model()::anew);
        });
        more();
    }

    /** PURGE, while the new release goes on. */
    void purge() {
        stage(WriterStage.CONTRACTED, () -> check.bothShapes("before PURGE", false));
        more();
        forward(Phase.PURGE);
        stage(WriterStage.CONTRACTED, () -> check.newShape("after PURGE"));
        more();
        stage(WriterStage.CLOSED, () -> check.newShape("at the end"));
    }

    /** What happened, for the log. */
    String summary() {
        return table.migration().id() + ": " + gate.summary() + ", " + pool.size() + " rows at the end, " + check.rows()
                + " comparisons of a row";
    }

    @Override
    public void close() throws InterruptedException {
        gate.close();
        for (Thread thread : threads) {
            thread.join(30_000);
        }
        database.close();
    }
}
