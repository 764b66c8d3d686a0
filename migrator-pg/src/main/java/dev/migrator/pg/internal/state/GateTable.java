package dev.migrator.pg.internal.state;

import dev.migrator.engine.GateAnswer;
import dev.migrator.engine.GateQuestion;
import dev.migrator.engine.GateReport;
import dev.migrator.engine.Lease;
import dev.migrator.pg.internal.sql.Literal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What gates have said: the table {@code gate_answer}. */
final class GateTable {
    private final StateDatabase database;
    private final String release;

    GateTable(StateDatabase database, String release) {
        this.database = database;
        this.release = release;
    }

    void answered(Lease lease, GateQuestion question, List<GateReport> reports) {
        List<String> statements = new ArrayList<>();
        statements.add(database.sql().fence(lease));
        reports.forEach(report -> statements.add(statement(lease, question, report)));
        database.transaction("Migration " + lease.migration() + ": recording what its gates say", lease, statements);
    }

    private String statement(Lease lease, GateQuestion question, GateReport report) {
        GateAnswer answer = report.answer();
        return "SELECT " + database.table("gate_answered") + "("
                + String.join(
                        ", ",
                        database.sql().key(lease),
                        Literal.text(question.phase().name()),
                        Literal.text(question.direction().name()),
                        Literal.number(report.place()),
                        Literal.text(report.gate()),
                        Literal.text(answer.verdict().name()),
                        Literal.text(sendable(answer.reason())),
                        data(answer.data()),
                        Literal.text(release),
                        Literal.text(lease.owner()))
                + ")";
    }

    /** What an application's gate says may hold anything. */
    private static String sendable(String text) {
        return text.replace('\0', ' ');
    }

    private static String data(Map<String, String> data) {
        List<String> keys = List.copyOf(data.keySet());
        List<String> values =
                keys.stream().map(data::get).map(GateTable::sendable).collect(Collectors.toList());
        return "pg_catalog.jsonb_object(" + Literal.texts(keys) + ", " + Literal.texts(values) + ")";
    }
}
