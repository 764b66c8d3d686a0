package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.pg.internal.estimate.FillModel;
import dev.migrator.pg.internal.estimate.NewValue;
import dev.migrator.pg.internal.estimate.Probe;
import dev.migrator.pg.internal.estimate.Sampled;
import dev.migrator.pg.internal.estimate.TableFacts;
import dev.migrator.pg.internal.expression.Expression;
import dev.migrator.plan.Action;
import dev.migrator.plan.Estimate;
import dev.migrator.plan.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What the long steps of one table will take: its backfills, and the indexes that are built on it. */
final class Estimates {
    private static final double WAL_BYTES_A_MICRO = 100;
    private static final double INDEX_TUPLE = 16;
    private static final double INDEX_FILL = 0.9;
    private static final double DEFAULT_WIDTH = 32;
    private static final double MARKER_BYTES = 4;

    private final Workspace workspace;
    private final TableWork work;
    private final TableFacts facts;
    private final Map<Identifier, Double> widths = new TreeMap<>();
    private long rows;
    private String basis = "";

    Estimates(Workspace workspace, TableWork work, TableFacts facts) {
        this.workspace = workspace;
        this.work = work;
        this.facts = facts;
    }

    List<Estimate> of(List<Step> steps) {
        List<Estimate> estimates = new ArrayList<>();
        List<Set<Identifier>> usersIndexes = new ArrayList<>(work.indexed());
        for (Step step : steps) {
            if (step.action() instanceof Action.Backfill backfill
                    && backfill.table().equals(work.name())) {
                estimates.add(backfill(step, backfill));
            } else if (step.action() instanceof Action.BuildIndex build
                    && build.table().equals(work.name())) {
                estimates.add(index(step, build, usersIndexes));
            }
        }
        return estimates;
    }

    private Estimate backfill(Step step, Action.Backfill backfill) {
        Optional<Fill> fill = work.fills().stream()
                .filter(candidate ->
                        backfill.pending().equals(candidate.column().quoted() + " IS NULL"))
                .findFirst();
        List<NewValue> values = fill.map(this::value).orElseGet(this::values);
        Optional<Sampled> seen = facts.largest().flatMap(part -> new Probe(
                        workspace.session(),
                        facts,
                        part,
                        work.name().name().quoted(),
                        fill.isPresent() ? backfill.pending() : "true",
                        values)
                .look());
        seen.ifPresent(this::remember);
        count(seen);
        FillModel model = model(fill, seen);
        double micros = seen.map(Sampled::microsPerRow).orElse(0.0);
        Duration time =
                Duration.ofMillis(Math.round((model.updates() * micros + model.wal() / WAL_BYTES_A_MICRO) / 1000) + 1);
        return new Estimate(
                step.ordinal(),
                work.name(),
                model.updates(),
                time,
                model.wal(),
                facts.total(),
                model.extraTable(),
                model.extraIndexes(),
                basis);
    }

    private List<NewValue> value(Fill fill) {
        return List.of(new NewValue("(" + fill.value().text() + ")", fill.info().type(), isSteady(fill.value())));
    }

    private List<NewValue> values() {
        List<NewValue> values = new ArrayList<>();
        for (Mapping mapping : work.mappings()) {
            for (NewColumn column : mapping.fresh()) {
                boolean steady = mapping.derivable() && column.numbers().isEmpty() && isSteady(column.up());
                values.add(new NewValue(
                        column.up().onRow(mapping.oldBefore()), column.type().name(), steady));
            }
        }
        work.computed().ifPresent(column -> values.add(column.value()));
        return values;
    }

    private static boolean isSteady(Expression expression) {
        return !expression.problems().contains(Expression.Problem.VOLATILE);
    }

    private void remember(Sampled seen) {
        seen.widths().forEach((name, width) -> widths.put(Identifier.of(name), width));
    }

    /** From the density at the last ANALYZE or VACUUM, as PostgreSQL's own planner does; else from what was seen. */
    private void count(Optional<Sampled> seen) {
        double sampled = seen.filter(sample -> sample.blocks() > 0)
                .map(sample -> (double) sample.rows() / sample.blocks())
                .orElse(0.0);
        boolean analyzed = facts.tuples() >= 0 && facts.pages() > 0;
        double density = analyzed ? facts.tuples() / facts.pages() : sampled;
        rows = Math.round(density * facts.blocks());
        String counted = analyzed
                ? "rows by the statistics"
                : "never analyzed: rows by " + seen.map(Sampled::blocks).orElse(0) + " of " + facts.blocks()
                        + " blocks";
        basis = counted
                + (seen.isPresent() && seen.get().tried()
                        ? ", sizes by " + seen.get().rows() + " rows"
                        : ", sizes of new values are guessed");
    }

    private FillModel model(Optional<Fill> fill, Optional<Sampled> seen) {
        double before =
                seen.filter(sample -> sample.rows() > 0).map(Sampled::rowBytes).orElse(0.0);
        if (before == 0) {
            double onBlock = facts.blocks() == 0 ? 1 : Math.max(1, (double) rows / facts.blocks());
            before = facts.blockSize() / onBlock * facts.fillfactor() / 100;
        }
        double more = seen.map(Sampled::newBytes)
                        .orElse(DEFAULT_WIDTH * Math.max(1, work.newColumns().size()))
                + (fill.isPresent() ? 0 : MARKER_BYTES);
        boolean indexed = fill.isPresent()
                && work.table().indexes().stream().anyMatch(index -> index.columns()
                        .contains(fill.get().info().number()));
        return new FillModel(
                rows,
                fill.isPresent() ? seen.map(Sampled::pendingShare).orElse(1.0) : 1,
                facts.blocks(),
                facts.blockSize(),
                facts.fillfactor(),
                before,
                Math.ceil((before + more) / 8) * 8,
                seen.map(Sampled::newToast).orElse(0.0),
                facts.indexes().size(),
                facts.indexBytes(),
                indexed,
                facts.pagesLogged());
    }

    /** A copy is as large as its original; another index, as its columns are wide. */
    private Estimate index(Step step, Action.BuildIndex build, List<Set<Identifier>> usersIndexes) {
        if (rows == 0) {
            count(Optional.empty());
        }
        Optional<TableFacts.Index> original = original(build.name());
        long bytes = original.map(TableFacts.Index::bytes)
                .orElseGet(() -> Math.round(rows
                        * (INDEX_TUPLE + (usersIndexes.isEmpty() ? DEFAULT_WIDTH : width(usersIndexes.remove(0))))
                        / INDEX_FILL));
        return new Estimate(
                step.ordinal(),
                work.name(),
                rows,
                Duration.ZERO,
                bytes,
                facts.total(),
                0,
                bytes,
                original.map(index -> "as large as " + index.name()).orElse("by the width of its columns"));
    }

    private double width(Set<Identifier> columns) {
        return columns.stream()
                .mapToDouble(column -> widths.getOrDefault(column, DEFAULT_WIDTH))
                .sum();
    }

    Optional<TableFacts.Index> original(Identifier index) {
        return work.copies().stream()
                .filter(copy -> copy.name().name().equals(index))
                .map(Copy::original)
                .findFirst()
                .or(() -> work.primaryKey()
                        .filter(key -> key.copy().equals(index) || key.spare().equals(index))
                        .map(PrimaryKeyExchange::keyName))
                .map(name -> facts.indexes().get(name.value()));
    }
}
