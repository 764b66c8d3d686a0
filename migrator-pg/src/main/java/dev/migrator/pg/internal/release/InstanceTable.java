package dev.migrator.pg.internal.release;

import dev.migrator.QualifiedName;
import dev.migrator.Uses;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.pg.internal.state.StateSql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The registered instances: the tables {@code instance} and {@code instance_migration}, each change one statement. */
public final class InstanceTable {
    private final StateSql sql;

    /** Makes it; asks nothing yet. */
    public InstanceTable(StateSql sql) {
        this.sql = sql;
    }

    /**
     * A migration that an instance knows.
     *
     * @param id its id
     * @param checksum of its definition, as the instance has it
     * @param uses the shape that its code uses
     * @param stated whether the application has said so; else it counts as that
     */
    public record Known(String id, String checksum, Uses uses, boolean stated) {}

    /**
     * What is on record of a migration.
     *
     * @param standing where it stands
     * @param checksum of the definition with which it was started
     * @param definition the definition with which it was started; empty if the instance knows it
     * @param retires whether its CONTRACT takes an old shape away
     * @param contracted whether the old shape has been retired, perhaps half: something of CONTRACT was begun
     */
    public record Recorded(
            Standing standing, String checksum, String definition, boolean retires, boolean contracted) {}

    /** Registers an instance, or registers it anew; what all migrations on record stand at, in that moment. */
    public List<Recorded> register(
            Session session,
            String instance,
            String release,
            Duration leaseTime,
            boolean advances,
            boolean enters,
            List<Known> known)
            throws SQLException {
        String statement = "SELECT * FROM " + sql.table("start_instance").quoted()
                + "(?, ?, ?, ? * interval '1ms', ?, ?, ?, ?, ?)";
        Object[] parameters = {
            sql.target(),
            instance,
            release,
            leaseTime.toMillis(),
            advances,
            enters,
            known.stream().map(Known::id).toList(),
            known.stream().map(Known::checksum).toList(),
            known.stream().map(one -> one.uses().name()).toList()
        };
        return inReadCommitted(session, statement, parameters).stream()
                .map(row -> new Recorded(
                        Standing.of(row),
                        row.text("checksum"),
                        row.text("definition"),
                        row.isTrue("retires"),
                        row.isTrue("contracted")))
                .toList();
    }

    /** In a transaction of its own only where the connections' own isolation is another: that is one exchange more. */
    private static List<Row> inReadCommitted(Session session, String statement, Object[] parameters)
            throws SQLException {
        try {
            return session.tryQuery(statement, parameters);
        } catch (SQLException e) {
            if (!SqlErrors.SNAPSHOT_TOO_OLD_TO_REGISTER.equals(e.getSQLState())) {
                throw e;
            }
        }
        Connection connection = session.connection();
        connection.setAutoCommit(false);
        try {
            session.tryQuery("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
            List<Row> rows = session.tryQuery(statement, parameters);
            connection.commit();
            return rows;
        } finally {
            // Rolls back what an error has left open.
            connection.setAutoCommit(true);
        }
    }

    /**
     * Gives a sign of life.
     *
     * @param acknowledged the announcements by which it works now, by migration
     * @return where the migrations stand that it knows
     * @throws SQLException with {@code MG010} if its lease has run out
     */
    public List<Standing> heartbeat(
            Session session, String instance, Duration leaseTime, Map<String, Long> acknowledged) throws SQLException {
        Map<String, Long> sorted = new TreeMap<>(acknowledged);
        return session
                .tryQuery(
                        "SELECT * FROM " + sql.table("heartbeat").quoted()
                                + "(?, ?, ? * interval '1ms', ?, ?::pg_catalog.int8[])",
                        sql.target(),
                        instance,
                        leaseTime.toMillis(),
                        List.copyOf(sorted.keySet()),
                        sorted.values().stream().map(String::valueOf).toList())
                .stream()
                .map(Standing::of)
                .toList();
    }

    /** Whose turn it is to take migrations forward, of the instances that do. */
    public boolean leads(Session session, String instance) throws SQLException {
        return session.tryQuery("SELECT " + sql.table("leads").quoted() + "(?, ?) AS leads", sql.target(), instance)
                .get(0)
                .isTrue("leads");
    }

    /** From now on, transactions of an instance begin at the entrance. */
    public void willEnter(Session session, String instance) throws SQLException {
        session.tryQuery("SELECT " + sql.table("will_enter").quoted() + "(?, ?)", sql.target(), instance);
    }

    /** From now on, an instance takes no migration forward. */
    public void willNotAdvance(Session session, String instance) throws SQLException {
        session.tryQuery("SELECT " + sql.table("will_not_advance").quoted() + "(?, ?)", sql.target(), instance);
    }

    /** Keeps that an instance has named what is retired. */
    public void tell(Session session, String instance, RetiredNames.Failure failure, long times) throws SQLException {
        session.tryQuery(
                "SELECT " + sql.table("retired_used").quoted() + "(?, ?, ?, ?, ?, ?)",
                sql.target(),
                instance,
                failure.migration(),
                failure.sqlState(),
                failure.message(),
                times);
    }

    /** Counts statements of an instance that named what goes. */
    public void tellUses(Session session, Map<StatementUses.Use, Long> uses) throws SQLException {
        List<Map.Entry<StatementUses.Use, Long>> all = List.copyOf(uses.entrySet());
        session.tryQuery(
                "SELECT " + sql.table("statements_used").quoted() + "(?, ?, ?, ?::pg_catalog.int8[])",
                sql.target(),
                all.stream().map(one -> one.getKey().migration()).toList(),
                all.stream().map(one -> one.getKey().statement()).toList(),
                all.stream().map(one -> String.valueOf(one.getValue())).toList());
    }

    /** Forgets an instance that has stopped. */
    public void unregister(Session session, String instance) throws SQLException {
        session.tryQuery("SELECT " + sql.table("unregister_instance").quoted() + "(?, ?)", sql.target(), instance);
    }

    /** The instances whose lease has not run out, each with what it makes of the migrations that it knows. */
    public List<Live> live(Session session) {
        QualifiedName table = sql.table("instance_migration");
        if (!session.hasTable(table)) {
            return List.of();
        }
        Map<String, List<Row>> uses = session
                .query(
                        """
                        SELECT k.instance, k.migration, k.uses, k.acknowledged_epoch >= m.epoch AS acknowledged
                        FROM %s AS k LEFT JOIN %s AS m USING (target, migration)
                        WHERE k.target = ? ORDER BY k.migration COLLATE "C\""""
                                .formatted(
                                        table.quoted(), sql.table("migration").quoted()),
                        sql.target())
                .stream()
                .collect(Collectors.groupingBy(row -> row.text("instance")));
        return session
                .query(
                        """
                        SELECT instance, release, role, application, registered_at, heartbeat_at, expires_at FROM %s
                        WHERE target = ? AND expires_at > pg_catalog.clock_timestamp()
                        ORDER BY release COLLATE "C", instance COLLATE "C\""""
                                .formatted(sql.table("instance").quoted()),
                        sql.target())
                .stream()
                .map(row -> new Live(row, uses.getOrDefault(row.text("instance"), List.of())))
                .toList();
    }

    /**
     * A live instance.
     *
     * @param row of the table of instances
     * @param uses its rows of the table of migrations that it knows
     */
    public record Live(Row row, List<Row> uses) {
        /** Copies the list. */
        public Live {
            uses = List.copyOf(uses);
        }
    }
}
