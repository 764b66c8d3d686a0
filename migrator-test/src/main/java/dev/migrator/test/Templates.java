package dev.migrator.test;

import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The templates of one server, each made once. */
final class Templates {
    private final Map<String, FutureTask<DatabaseTemplate>> byKey = new ConcurrentHashMap<>();
    private final Deque<TestDatabase> made = new ConcurrentLinkedDeque<>();

    private Templates() {}

    /** Of a server of our own, whose data go with it. */
    static Templates goneWithTheServer() {
        return new Templates();
    }

    /** Of a server that goes on after us. */
    static Templates droppedAtExit() {
        Templates templates = new Templates();
        Runtime.getRuntime().addShutdownHook(new Thread(templates::drop, "templates-drop"));
        return templates;
    }

    DatabaseTemplate of(String key, Supplier<TestDatabase> empty, Consumer<TestDatabase> preparation) {
        FutureTask<DatabaseTemplate> task =
                byKey.computeIfAbsent(key, absent -> new FutureTask<>(() -> make(key, empty.get(), preparation)));
        // Whoever comes first makes it; the others wait. A schema that does not apply is every caller's failure.
        task.run();
        try {
            return Tasks.result(task);
        } catch (BaseSchemaException | AssertionError e) {
            throw e;
        } catch (RuntimeException e) {
            // A server that had no connection left, say: the next test tries again.
            byKey.remove(key, task);
            throw e;
        }
    }

    private DatabaseTemplate make(String key, TestDatabase database, Consumer<TestDatabase> preparation) {
        try {
            preparation.accept(database);
            database.shut();
        } catch (RuntimeException | Error e) {
            database.close();
            throw e;
        }
        made.push(database);
        return new DatabaseTemplate(key, database, this);
    }

    /** Those made last first: they belong to the owners of those made before. */
    private void drop() {
        for (TestDatabase database = made.poll(); database != null; database = made.poll()) {
            try {
                database.close();
            } catch (SqlFailure e) {
                System.err.println("A template stays behind: " + e.getMessage());
            }
        }
    }
}
