package dev.migrator.pg.plan;

import dev.migrator.MigrationFiles;
import dev.migrator.test.TestDatabase;
import java.util.List;

/** A database whose table of users is migrated. */
record Users(TestDatabase database) {

    /** A plan of these operations. */
    PlanRunner plan(String operations) {
        return plan("0001_test", operations);
    }

    PlanRunner plan(String id, String operations) {
        return new PlanRunner(database, MigrationFiles.parse(id, id + ".yaml", "operations:\n" + operations.indent(2)));
    }

    /** Three users, whose name gets another name. */
    PlanRunner rename() {
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL DEFAULT 'anon', other int DEFAULT 0)",
                "INSERT INTO users VALUES (1, 'Ann'), (2, 'Bob'), (3, 'Cy')");
        return plan("- renameColumn: { table: users, column: name, to: full_name }\n");
    }

    /** Values of a user. */
    List<String> row(String columns, int id) {
        return database.queryRows("SELECT " + columns + " FROM users WHERE id = " + id)
                .get(0);
    }

    /** Runs statements, those that begin with {@code superuser:} as one. */
    static void run(TestDatabase database, List<String> statements) {
        String superuser = "superuser: ";
        for (String statement : statements) {
            if (statement.startsWith(superuser)) {
                database.executeAsSuperuser(statement.substring(superuser.length()));
            } else {
                database.execute(statement);
            }
        }
    }
}
