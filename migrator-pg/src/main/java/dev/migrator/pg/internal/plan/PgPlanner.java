package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.QualifiedName;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.engine.Planner;
import dev.migrator.engine.StepFailure;
import dev.migrator.operation.AddColumn;
import dev.migrator.operation.AddForeignKey;
import dev.migrator.operation.ChangeType;
import dev.migrator.operation.CreateIndex;
import dev.migrator.operation.DropColumn;
import dev.migrator.operation.MergeColumns;
import dev.migrator.operation.Operation;
import dev.migrator.operation.RenameColumn;
import dev.migrator.operation.RunSql;
import dev.migrator.operation.SetNotNull;
import dev.migrator.operation.SplitColumn;
import dev.migrator.pg.internal.catalog.TableInfo;
import dev.migrator.pg.internal.sql.CurrentSchema;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.transact.LockHolders;
import dev.migrator.plan.DiskNeed;
import dev.migrator.plan.Finding;
import dev.migrator.plan.Plan;
import dev.migrator.plan.PlanRule;
import dev.migrator.plan.Step;
import dev.migrator.plan.TableEstimate;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;

/**
 * Plans a migration on PostgreSQL.
 *
 * <p>Works in one transaction that is rolled back: reads the catalog under {@code ACCESS SHARE} locks, has the server check
 * every type and expression on temporary copies of the tables, and changes nothing. Gives up after two seconds of waiting
 * for a lock. Needs PostgreSQL 14 or later, the rights of the tables' owner, and the right to make temporary tables.
 */
public final class PgPlanner implements Planner {
    private static final int OLDEST = 140000;
    private static final int FIRST_SOUND_INDEXES = 140004;

    /** How SQL is read and printed must not depend on a role's settings: plans and fingerprints are compared. */
    static final String PRINTED = " pg_catalog.set_config('standard_conforming_strings', 'on', true),"
            + " pg_catalog.set_config('quote_all_identifiers', 'off', true)";

    private final DataSource source;
    private final Identifier stateSchema;
    private final OptionalLong freeSpace;

    /** Makes a planner; the sync functions go into the state schema. */
    public PgPlanner(DataSource source, Identifier stateSchema) {
        this(source, stateSchema, OptionalLong.empty());
    }

    /**
     * Makes a planner that knows how much room there is.
     *
     * @param freeSpace bytes that are free on the server's disk; empty: it looks itself, where that is possible
     */
    public PgPlanner(DataSource source, Identifier stateSchema, OptionalLong freeSpace) {
        this.source = source;
        this.stateSchema = stateSchema;
        this.freeSpace = freeSpace;
    }

    @Override
    public Plan plan(Migration migration) {
        List<QualifiedName> read = new ArrayList<>();
        try (Session session = Session.open(source)) {
            return session.inPassing(
                    "Migration " + migration.id() + " could not be planned", () -> plan(migration, session, read));
        } catch (StepFailure e) {
            // The session is given back by now: a pool may have but one.
            throw LockHolders.named(source, e, read);
        }
    }

    private Plan plan(Migration migration, Session session, List<QualifiedName> read) {
        checkServer(migration, session);
        Workspace workspace = workspace(migration, session);
        try {
            return plan(workspace, migration);
        } finally {
            read.addAll(workspace.named());
        }
    }

    private Plan plan(Workspace workspace, Migration migration) {
        List<Operation> operations = migration.operations();
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            operation.match(new Drafting(workspace, "operations[" + i + "]." + operation.keyword()));
        }
        workspace.settle();
        workspace.tables().forEach(work -> new MappingOrder(workspace, work).settle());
        workspace.tables().forEach(work -> new CarryOver(workspace, work).draft());
        workspace.tables().forEach(work -> new RetiredRules(workspace, work).find());
        workspace.tables().stream().filter(TableWork::needsSync).forEach(work -> new WriterRights(workspace, work)
                .look());
        workspace.tables().forEach(work -> work.computed().ifPresent(column -> column.checkAlone(workspace, work)));
        new SkippedTriggers(workspace).check();
        workspace.tables().forEach(work -> forBudget(workspace, work));
        refuse(workspace);
        List<Draft> drafts = new ArrayList<>(workspace.drafts());
        workspace.tables().forEach(work -> drafts.addAll(new TableSteps(work, workspace.skipsUserTriggers()).drafts()));
        workspace.tables().forEach(work -> new FiringTriggers(workspace, work, drafts).tell());
        List<Step> steps = Draft.number(drafts);
        DiskNeeds disks = new DiskNeeds(workspace, freeSpace).look(steps);
        List<DiskNeed> needs = disks.needs();
        refuse(workspace);
        return checked(new Plan(
                migration.id(),
                steps,
                workspace.findings().all(),
                workspace.tables().stream().map(PgPlanner::estimate).toList(),
                fingerprint(workspace),
                disks.estimates(),
                needs));
    }

    private static void forBudget(Workspace workspace, TableWork work) {
        int operations =
                work.mappings().size() + work.fills().size() + work.dropped().size();
        String key = work.paths().isEmpty() ? "operations" : work.paths().get(0) + ".table";
        new PartitionPreflight(work.table(), workspace.findings()).forBudget(key, operations);
    }

    private static void refuse(Workspace workspace) {
        if (workspace.findings().refused()) {
            throw new PlanRefusedException(
                    workspace.migration().id(), workspace.findings().all());
        }
    }

    private static void checkServer(Migration migration, Session session) {
        Row server = session.query("SELECT pg_catalog.current_setting('server_version') AS name,"
                        + " pg_catalog.current_setting('session_replication_role') AS replication_role, current_user AS me,"
                        + " pg_catalog.current_setting('server_version_num')::int AS number")
                .get(0);
        long number = server.number("number");
        String problem = "";
        if (number < OLDEST) {
            problem = "which has no scan over a range of a table's blocks.";
        } else if (number < FIRST_SOUND_INDEXES) {
            problem = "whose CREATE INDEX CONCURRENTLY can leave an index without some rows.";
        }
        if (!problem.isEmpty()) {
            throw refused(
                    migration,
                    "this is PostgreSQL " + server.text("name") + ", " + problem,
                    "The migrator needs PostgreSQL 14.4 or later.");
        }
        if (server.text("replication_role").equals("replica")) {
            Identifier me = Identifier.of(server.text("me"));
            throw refused(
                    migration,
                    "session_replication_role is 'replica' for user " + me.quoted()
                            + ": no trigger fires in its sessions, and no foreign key is checked.",
                    "ALTER ROLE " + me.quoted() + " RESET session_replication_role, or migrate as another role.");
        }
    }

    private static PlanRefusedException refused(Migration migration, String problem, String remedy) {
        return new PlanRefusedException(
                migration.id(), List.of(new Finding(Finding.Severity.REFUSED, "server", problem, remedy)));
    }

    private Workspace workspace(Migration migration, Session session) {
        session.query("SELECT pg_catalog.set_config('lock_timeout', '2s', true),"
                + " pg_catalog.set_config('statement_timeout', '60s', true),"
                // A process that is stopped meanwhile must not hold the tables' ACCESS SHARE for ever.
                + " pg_catalog.set_config('idle_in_transaction_session_timeout', '15s', true),"
                + PRINTED);
        Row row = session.query("SELECT pg_catalog.current_setting('search_path') AS path," + " " + CurrentSchema.SQL
                        + " AS schema")
                .get(0);
        session.query("SELECT pg_catalog.set_config('search_path', '', true)");
        return new Workspace(migration, session, stateSchema, Identifier.of(row.text("schema")), row.text("path"));
    }

    private static Plan checked(Plan plan) {
        List<String> broken = PlanRule.check(plan);
        if (!broken.isEmpty()) {
            throw new IllegalStateException("The plan of " + plan.migration()
                    + " breaks the planner's own rules; this is a defect, nothing was changed: "
                    + String.join("; ", broken));
        }
        return plan;
    }

    private static TableEstimate estimate(TableWork work) {
        TableInfo table = work.table();
        List<String> dependents = new ArrayList<>();
        table.indexes().forEach(index -> dependents.add("index " + index.name().quoted()));
        table.constraints()
                .forEach(constraint ->
                        dependents.add("constraint " + constraint.name().quoted()));
        table.triggers()
                .forEach(trigger -> dependents.add("trigger " + trigger.name().quoted()));
        table.referencedBy().stream()
                .filter(reference -> !reference.own()) // told among the constraints
                .forEach(reference -> dependents.add(reference.description()));
        table.dependents().stream()
                .map(dependent -> dependent.description())
                .distinct()
                .forEach(dependents::add);
        return new TableEstimate(table.name(), table.rows(), table.bytes(), dependents);
    }

    private static List<String> fingerprint(Workspace workspace) {
        List<String> lines = new ArrayList<>();
        for (TableWork work : workspace.tables()) {
            Set<Integer> touched = new TreeSet<>();
            for (Mapping mapping : work.mappings()) {
                mapping.old().forEach(column -> touched.add(column.info().number()));
                mapping.inputs()
                        .forEach(input -> work.table().column(input).ifPresent(column -> touched.add(column.number())));
            }
            work.fills()
                    .forEach(fill ->
                            work.table().column(fill.column()).ifPresent(column -> touched.add(column.number())));
            work.dropped().forEach(column -> touched.add(column.info().number()));
            work.computed().ifPresent(computed -> computed.watched()
                    .forEach(name -> work.table().column(name).ifPresent(column -> touched.add(column.number()))));
            lines.addAll(Fingerprint.lines(work.table(), touched));
        }
        return lines;
    }

    /** One method an operation: its own file says the rest. */
    private record Drafting(Workspace workspace, String path) implements Operation.Cases<Boolean> {
        @Override
        public Boolean addColumn(AddColumn operation) {
            AddColumnPlan.draft(workspace, path, operation);
            return true;
        }

        @Override
        public Boolean renameColumn(RenameColumn operation) {
            RenameColumnPlan.draft(workspace, path, operation);
            return true;
        }

        @Override
        public Boolean changeType(ChangeType operation) {
            ChangeTypePlan.draft(workspace, path, operation);
            return true;
        }

        @Override
        public Boolean splitColumn(SplitColumn operation) {
            SplitColumnPlan.draft(workspace, path, operation);
            return true;
        }

        @Override
        public Boolean mergeColumns(MergeColumns operation) {
            MergeColumnsPlan.draft(workspace, path, operation);
            return true;
        }

        @Override
        public Boolean dropColumn(DropColumn operation) {
            DropColumnPlan.draft(workspace, path, operation);
            return true;
        }

        @Override
        public Boolean setNotNull(SetNotNull operation) {
            SetNotNullPlan.draft(workspace, path, operation);
            return true;
        }

        @Override
        public Boolean createIndex(CreateIndex operation) {
            CreateIndexPlan.draft(workspace, path, operation);
            return true;
        }

        @Override
        public Boolean addForeignKey(AddForeignKey operation) {
            AddForeignKeyPlan.draft(workspace, path, operation);
            return true;
        }

        @Override
        public Boolean runSql(RunSql operation) {
            RunSqlPlan.draft(workspace, path, operation);
            return true;
        }
    }
}
