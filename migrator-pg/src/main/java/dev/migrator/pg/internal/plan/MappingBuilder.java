package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.pg.internal.catalog.ColumnInfo;
import dev.migrator.pg.internal.expression.ColumnType;
import dev.migrator.pg.internal.expression.Expression;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Turns the old and new columns that an operation names into a {@link Mapping}: looks at the columns, has the server read
 * types and expressions, and decides about defaults and NOT NULL.
 */
final class MappingBuilder {
    private final Workspace workspace;
    private final TableWork work;
    private final String path;
    private final ColumnPreflight preflight;
    private final Reader reader;
    private final List<OldSpec> olds = new ArrayList<>();
    private final List<NewSpec> news = new ArrayList<>();
    private boolean sound = true;

    private record OldSpec(ColumnInfo info, String key, String down) {}

    private record NewSpec(Identifier name, Identifier work, ColumnType type, String key, String up) {}

    MappingBuilder(Workspace workspace, TableWork work, String path) {
        this.workspace = workspace;
        this.work = work;
        this.path = path;
        this.preflight = new ColumnPreflight(workspace, work, path);
        this.reader = new Reader(workspace, work, path);
    }

    /** An old column that leaves its place at CONTRACT. */
    MappingBuilder retire(String columnKey, ColumnInfo info, boolean nameStays, String downKey, String down) {
        sound &= preflight.canRetire(columnKey, info, nameStays);
        olds.add(new OldSpec(info, downKey, down));
        return this;
    }

    /** A new column under its own name. */
    MappingBuilder add(String nameKey, Identifier name, String typeKey, String type, String upKey, String up) {
        if (preflight.isFree(nameKey, name)) {
            column(name, name, typeKey, type, upKey, up);
        } else {
            sound = false;
        }
        return this;
    }

    /** A new column that takes over the name of the old one. */
    MappingBuilder takeOver(Identifier name, String typeKey, String type, String upKey, String up) {
        column(name, work.names().work(work.nextNumber()), typeKey, type, upKey, up);
        return this;
    }

    private void column(Identifier name, Identifier place, String typeKey, String type, String upKey, String up) {
        Optional<ColumnType> read = reader.type(typeKey, place, type);
        sound &= read.isPresent();
        read.ifPresent(columnType -> news.add(new NewSpec(name, place, columnType, upKey, up)));
    }

    /** The mapping; empty, with findings, if anything is wrong. */
    Optional<Mapping> build() {
        TablePreflight.forValues(path + ".table", work.table(), workspace.findings());
        olds.forEach(spec -> sound &= canCount(spec));
        if (!sound) {
            return Optional.empty();
        }
        Map<Identifier, Expression> ups = new HashMap<>();
        for (NewSpec spec : news) {
            Optional<Expression> up = reader.value(spec.key(), spec.work(), spec.up());
            up.filter(expression -> readsOnlyOld(spec, expression))
                    .ifPresent(expression -> ups.put(spec.work(), expression));
        }
        Map<Identifier, Expression> downs = readDowns();
        if (ups.size() < news.size() || downs.size() < olds.size()) {
            return Optional.empty();
        }
        return Optional.of(mapping(ups, downs));
    }

    /** The numbers of an identity column go on in one column that can count, or nowhere. */
    private boolean canCount(OldSpec old) {
        boolean oneToOne = olds.size() == 1 && news.size() == 1;
        boolean counts = old.info().identity().isEmpty()
                || (oneToOne
                        && IdentityNumbers.TYPES.contains(news.get(0).type().name()));
        if (!counts) {
            workspace
                    .findings()
                    .refuse(
                            path,
                            old.info().name().quoted() + " is an identity column, and only one column of "
                                    + String.join(", ", IdentityNumbers.TYPES) + " can go on counting for it.",
                            "ALTER TABLE … ALTER COLUMN … DROP IDENTITY first; a default may give the numbers.");
        }
        return counts;
    }

    private boolean readsOnlyOld(NewSpec spec, Expression up) {
        for (NewSpec other : news) {
            if (up.columns().contains(other.work())) {
                workspace
                        .findings()
                        .refuse(
                                path + "." + spec.key(),
                                "`up` reads the new column " + other.work().quoted() + ".",
                                "It computes new columns from old ones.");
                return false;
            }
        }
        return true;
    }

    private Map<Identifier, Expression> readDowns() {
        Map<Identifier, Expression> downs = new HashMap<>();
        List<NewSpec> takers =
                news.stream().filter(spec -> !spec.name().equals(spec.work())).toList();
        work.scratch().tryOut();
        Map<Identifier, Identifier> places = new HashMap<>();
        for (NewSpec taker : takers) {
            Identifier aside = work.names().proof("aside");
            work.scratch().renameColumn(taker.name(), aside);
            places.put(taker.name(), aside);
            work.scratch().renameColumn(taker.work(), taker.name());
        }
        for (OldSpec spec : olds) {
            Identifier place =
                    places.getOrDefault(spec.info().name(), spec.info().name());
            Optional<Expression> down = reader.value(spec.key(), place, spec.down());
            down.filter(expression -> readsOnlyNew(spec, expression))
                    .ifPresent(expression -> downs.put(spec.info().name(), expression));
        }
        work.scratch().forget();
        return downs;
    }

    private boolean readsOnlyNew(OldSpec spec, Expression down) {
        for (OldSpec other : olds) {
            boolean replaced = news.stream()
                    .anyMatch(column -> column.name().equals(other.info().name()));
            if (!replaced && down.columns().contains(other.info().name())) {
                workspace
                        .findings()
                        .refuse(
                                path + "." + spec.key(),
                                "`down` reads the old column "
                                        + other.info().name().quoted() + ".",
                                "It computes old columns from new ones.");
                return false;
            }
        }
        return true;
    }

    private Mapping mapping(Map<Identifier, Expression> ups, Map<Identifier, Expression> downs) {
        boolean oneToOne = olds.size() == 1 && news.size() == 1;
        List<NewColumn> fresh = new ArrayList<>();
        for (NewSpec spec : news) {
            Expression up = Objects.requireNonNull(ups.get(spec.work()));
            ColumnInfo source = olds.get(0).info();
            Optional<String> value = oneToOne
                    ? new Defaults(workspace, work, path).carried(source, spec.type(), spec.work(), up)
                    : Optional.empty();
            boolean sameName = spec.name().equals(source.name());
            Optional<String> before = source.volatileDefault() || sameName ? Optional.empty() : value;
            fresh.add(new NewColumn(
                    spec.name(),
                    spec.work(),
                    spec.type(),
                    up,
                    before,
                    value,
                    oneToOne && source.notNull(),
                    Optional.empty()));
        }
        List<OldColumn> old = new ArrayList<>();
        for (OldSpec spec : olds) {
            boolean nameStays = news.stream()
                    .anyMatch(column -> column.name().equals(spec.info().name()));
            boolean twin = oneToOne && fresh.get(0).defaultBefore().isPresent();
            boolean takeOver =
                    spec.info().defaultValue().isPresent() && spec.info().notNull() && !nameStays && !twin;
            Expression down = Objects.requireNonNull(downs.get(spec.info().name()));
            boolean exact = down.bareColumn()
                    && oneToOne
                    && news.get(0).type().sql().equals(spec.info().typeAndCollation());
            old.add(new OldColumn(spec.info(), down, work.names().retired(work.nextNumber()), takeOver, exact));
            if (!oneToOne && spec.info().defaultValue().isPresent()) {
                workspace
                        .findings()
                        .warn(
                                path,
                                "the default of " + spec.info().name().quoted() + " goes with it at PURGE.",
                                "Give the new columns defaults of their own then, if they need any.");
            }
            ambiguity(spec.info(), takeOver || twin, nameStays);
        }
        return new Mapping(path, old, fresh, true);
    }

    private void ambiguity(ColumnInfo column, boolean known, boolean nameStays) {
        if (column.defaultValue().isPresent() && !known && !nameStays) {
            workspace
                    .findings()
                    .note(
                            path,
                            "an INSERT that gives a new column and leaves "
                                    + column.name().quoted()
                                    + " at its default can't be told from one that gives that default: the new side wins.");
        }
    }
}
