package dev.migrator.pg.internal.plan;

import dev.migrator.pg.internal.estimate.ServerDisk;
import dev.migrator.pg.internal.estimate.TableFacts;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.plan.Action;
import dev.migrator.plan.DiskNeed;
import dev.migrator.plan.Estimate;
import dev.migrator.plan.Sizes;
import dev.migrator.plan.Step;
import java.io.IOException;
import java.nio.file.FileStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a plan needs of each disk, and whether that is there: where the user says so, or the server's files can be seen. */
final class DiskNeeds {
    private static final Logger LOG = LoggerFactory.getLogger(DiskNeeds.class);

    private final Workspace workspace;
    private final OptionalLong told;
    private final List<Estimate> estimates = new ArrayList<>();
    private final Map<String, Long> byTablespace = new LinkedHashMap<>();
    private long wal;
    private long sort;

    /**
     * Those of a plan.
     *
     * @param told how much is free, as the user says
     */
    DiskNeeds(Workspace workspace, OptionalLong told) {
        this.workspace = workspace;
        this.told = told;
    }

    /** Estimates the steps of all tables. */
    DiskNeeds look(List<Step> steps) {
        for (TableWork work : workspace.tables()) {
            TableFacts facts = TableFacts.of(workspace.session(), work.table().oid());
            Estimates table = new Estimates(workspace, work, facts);
            for (Estimate estimate : table.of(steps)) {
                estimates.add(estimate);
                wal = facts.maxWal();
                place(steps.get(estimate.step() - 1), estimate, table, facts);
            }
        }
        return this;
    }

    private void place(Step step, Estimate estimate, Estimates table, TableFacts facts) {
        if (step.action() instanceof Action.BuildIndex build) {
            String tablespace = table.original(build.name())
                    .map(TableFacts.Index::tablespace)
                    .orElse("");
            byTablespace.merge(tablespace, estimate.extraIndexBytes(), Long::sum);
            if (estimate.extraIndexBytes() > facts.sortMemory()) {
                sort = Math.max(sort, estimate.extraIndexBytes());
            }
            return;
        }
        byTablespace.merge(facts.tablespace(), estimate.extraTableBytes(), Long::sum);
        long share = estimate.extraIndexBytes() / Math.max(1, facts.indexes().size());
        facts.indexes().values().forEach(index -> byTablespace.merge(index.tablespace(), share, Long::sum));
    }

    List<Estimate> estimates() {
        return estimates;
    }

    /** What is needed of each disk; refuses the plan if one is known to have too little. */
    List<DiskNeed> needs() {
        if (estimates.isEmpty()) {
            return List.of();
        }
        byTablespace.merge("", sort, Long::sum);
        List<DiskNeed> needs = told.isPresent() ? List.of(together(told)) : seen();
        needs.stream().filter(DiskNeed::isTooLittle).forEach(this::refuse);
        return needs;
    }

    private DiskNeed together(OptionalLong free) {
        return new DiskNeed(
                "tables, indexes and WAL together",
                byTablespace.values().stream().mapToLong(Long::longValue).sum(),
                wal,
                free);
    }

    private List<DiskNeed> seen() {
        return ServerDisk.of(workspace.session())
                .flatMap(this::onDisks)
                .orElseGet(() -> List.of(together(OptionalLong.empty())));
    }

    /** Several tablespaces may lie on one disk. */
    private Optional<List<DiskNeed>> onDisks(ServerDisk disk) {
        Map<FileStore, Long> bytes = new LinkedHashMap<>();
        for (Map.Entry<String, Long> need : byTablespace.entrySet()) {
            Optional<FileStore> store = disk.of(location(need.getKey()));
            if (store.isEmpty()) {
                return Optional.empty();
            }
            bytes.merge(store.get(), need.getValue(), Long::sum);
        }
        return disk.ofWal().map(log -> {
            bytes.putIfAbsent(log, 0L);
            List<DiskNeed> needs = new ArrayList<>();
            bytes.forEach((store, need) ->
                    needs.add(new DiskNeed(store.toString(), need, store.equals(log) ? wal : 0, free(store))));
            return needs;
        });
    }

    private static OptionalLong free(FileStore store) {
        try {
            return OptionalLong.of(store.getUsableSpace());
        } catch (IOException e) {
            LOG.debug("What is free on {} can't be told", store, e);
            return OptionalLong.empty();
        }
    }

    /** Where a tablespace's files are; empty for that of the data directory. */
    private String location(String tablespace) {
        List<Row> rows = workspace
                .session()
                .query(
                        """
                        SELECT pg_tablespace_location(CASE WHEN ? = '' THEN d.dattablespace ELSE
                            (SELECT s.oid FROM pg_tablespace AS s WHERE s.spcname = ?) END) AS location
                        FROM pg_database AS d WHERE d.datname = current_database()
                        """,
                        tablespace,
                        tablespace);
        return rows.get(0).text("location");
    }

    private void refuse(DiskNeed need) {
        workspace
                .findings()
                .refuse(
                        "disk",
                        "there is too little room on the disk (" + need.place() + "): about "
                                + Sizes.bytes(need.bytes()) + " will be needed, which makes "
                                + Sizes.bytes(need.required()) + " with half as much again in reserve and "
                                + Sizes.bytes(need.walBytes()) + " of WAL (max_wal_size), and "
                                + Sizes.bytes(need.free().orElse(0)) + " are free.",
                        "Make room, or move the table to another tablespace. If more is free than that, say how much"
                                + " (--free-space).");
    }
}
