package dev.migrator.pg.engine;

import dev.migrator.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Random;

/** A session of one release that writes at random, in transactions of which some roll back. */
final class Writer implements Runnable {
    private static final String SERIALIZATION_FAILURE = "40001";

    private final String name;
    private final TestDatabase database;
    private final WriterTable table;
    private final WriterKind kind;
    private final WriterGate gate;
    private final WriterPool pool;
    private final Random random;

    Writer(
            String name,
            TestDatabase database,
            WriterTable table,
            WriterKind kind,
            WriterGate gate,
            WriterPool pool,
            long seed) {
        this.name = name;
        this.database = database;
        this.table = table;
        this.kind = kind;
        this.gate = gate;
        this.pool = pool;
        this.random = new Random(seed);
    }

    @Override
    public void run() {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            WriterStage stage = gate.begin(kind);
            while (!stage.equals(WriterStage.CLOSED)) {
                try {
                    transaction(connection, stage);
                } finally {
                    gate.end();
                }
                stage = gate.begin(kind);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException | RuntimeException | AssertionError e) {
            gate.failed(name + ": " + e);
        }
    }

    private void transaction(Connection connection, WriterStage stage) throws SQLException {
        boolean repeatable = random.nextInt(5) == 0;
        connection.setTransactionIsolation(
                repeatable ? Connection.TRANSACTION_REPEATABLE_READ : Connection.TRANSACTION_READ_COMMITTED);
        WriterWork work = new WriterWork(pool, random);
        if (repeatable) {
            work.borrowAhead();
        }
        WriterStatements statements = new WriterStatements(connection, table, kind, stage, pool, work, random);
        boolean committed = false;
        try {
            int count = 1 + random.nextInt(3);
            for (int i = 0; i < count; i++) {
                if (random.nextInt(4) == 0) {
                    inSavepoint(connection, work, statements);
                } else {
                    statements.any();
                }
            }
            if (random.nextInt(6) == 0) {
                connection.rollback();
            } else {
                connection.commit();
                committed = true;
            }
        } catch (SQLException e) {
            connection.rollback();
            if (!repeatable || !SERIALIZATION_FAILURE.equals(e.getSQLState())) {
                gate.failed(name + " in stage \"" + stage.name() + "\": " + e.getSQLState() + " " + e.getMessage()
                        + "\n  by: " + statements.last());
            }
            gate.conflict();
        } finally {
            if (committed) {
                work.committed(table.counter());
            } else {
                work.rolledBack();
            }
        }
    }

    private void inSavepoint(Connection connection, WriterWork work, WriterStatements statements) throws SQLException {
        Runnable before = work.savepoint();
        Savepoint savepoint = connection.setSavepoint();
        statements.any();
        if (random.nextBoolean()) {
            connection.rollback(savepoint);
            before.run();
        } else {
            connection.releaseSavepoint(savepoint);
        }
    }
}
