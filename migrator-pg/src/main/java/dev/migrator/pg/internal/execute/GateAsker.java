package dev.migrator.pg.internal.execute;

import dev.migrator.Gate;
import dev.migrator.engine.GateAnswer;
import dev.migrator.engine.GateQuestion;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.release.UseLook;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.transact.Message;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/**
 * Asks the gates that only the server can answer. A query is read-only, has five seconds, and whatever is not a clean
 * {@code true} or {@code false} is not known.
 */
final class GateAsker {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final DataSource source;
    private final StateSql sql;

    GateAsker(DataSource source, StateSql sql) {
        this.source = source;
        this.sql = sql;
    }

    GateAnswer ask(Gate gate, GateQuestion question) {
        if (gate instanceof Gate.Sql query) {
            return ask(query);
        } else if (gate instanceof Gate.ReplicaLag lag) {
            return new ReplicaLagLook(source).at(lag);
        } else if (gate instanceof Gate.NoUse noUse) {
            return new UseLook(source, sql).at(noUse, question);
        }
        return GateAnswer.unknown("this version can't ask the gate " + gate.name());
    }

    private GateAnswer ask(Gate.Sql gate) {
        try {
            return answer(gate, Session.with(source, session -> rows(session, gate.query())));
        } catch (StepFailure e) {
            return GateAnswer.unknown(gate.reason() + " (it could not be asked: " + e.getMessage() + ")");
        }
    }

    private static List<Row> rows(Session session, String query) {
        // The subquery keeps it to one query; the row as text shows whether it has more than one column.
        String sql = "SELECT pg_catalog.pg_typeof(answer.value)::pg_catalog.text AS type,"
                + " answer::pg_catalog.text AS answer FROM (\n"
                + query.strip().replaceAll("[;\\s]+$", "") + "\n) AS answer(value) LIMIT 2";
        try {
            return Message.limitedTo(LIMIT)
                    .then("SET TRANSACTION READ ONLY")
                    .then(sql)
                    .send(session);
        } catch (SQLException e) {
            throw SqlErrors.failure("the query failed", e);
        }
    }

    private static GateAnswer answer(Gate.Sql gate, List<Row> rows) {
        if (rows.size() != 1) {
            return GateAnswer.unknown(gate.reason() + " (the query answered "
                    + (rows.isEmpty() ? "no row" : "more than one row") + " instead of one)");
        }
        String type = rows.get(0).text("type");
        String answer = rows.get(0).text("answer");
        if (!type.equals("boolean") || answer.indexOf(',') >= 0) {
            return GateAnswer.unknown(gate.reason() + " (the query answered "
                    + (type.equals("boolean") ? "more than one column" : "a value of type " + type)
                    + " instead of one boolean)");
        }
        return switch (answer) {
            case "(t)" -> GateAnswer.pass("the query answered true");
            case "()" -> GateAnswer.unknown(gate.reason() + " (the query answered NULL)");
            default -> GateAnswer.wait(gate.reason());
        };
    }
}
