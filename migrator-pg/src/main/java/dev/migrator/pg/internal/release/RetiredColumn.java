package dev.migrator.pg.internal.release;

import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.TableRef;
import dev.migrator.operation.AddColumn;
import dev.migrator.operation.AddForeignKey;
import dev.migrator.operation.ChangeType;
import dev.migrator.operation.CreateIndex;
import dev.migrator.operation.DropColumn;
import dev.migrator.operation.MergeColumns;
import dev.migrator.operation.OldColumn;
import dev.migrator.operation.Operation;
import dev.migrator.operation.RenameColumn;
import dev.migrator.operation.RunSql;
import dev.migrator.operation.SetNotNull;
import dev.migrator.operation.SplitColumn;
import java.util.List;

/**
 * A column that CONTRACT takes away under its name.
 *
 * @param table its table
 * @param column its name
 */
record RetiredColumn(TableRef table, Identifier column) {
    /** Those of a migration. */
    static List<RetiredColumn> of(Migration migration) {
        return migration.operations().stream()
                .flatMap(operation -> operation.onTable().stream()
                        .flatMap(table -> operation.match(new Retires()).stream()
                                .map(column -> new RetiredColumn(table, column))))
                .toList();
    }

    /** The columns that an operation takes away at CONTRACT. */
    private static final class Retires implements Operation.Cases<List<Identifier>> {
        @Override
        public List<Identifier> addColumn(AddColumn operation) {
            return List.of();
        }

        @Override
        public List<Identifier> renameColumn(RenameColumn operation) {
            return List.of(operation.column());
        }

        @Override
        public List<Identifier> changeType(ChangeType operation) {
            return operation.to().isPresent() ? List.of(operation.column()) : List.of();
        }

        @Override
        public List<Identifier> splitColumn(SplitColumn operation) {
            return List.of(operation.column());
        }

        @Override
        public List<Identifier> mergeColumns(MergeColumns operation) {
            return operation.columns().stream().map(OldColumn::column).toList();
        }

        @Override
        public List<Identifier> dropColumn(DropColumn operation) {
            return List.of(operation.column());
        }

        @Override
        public List<Identifier> setNotNull(SetNotNull operation) {
            return List.of();
        }

        @Override
        public List<Identifier> createIndex(CreateIndex operation) {
            return List.of();
        }

        @Override
        public List<Identifier> addForeignKey(AddForeignKey operation) {
            return List.of();
        }

        @Override
        public List<Identifier> runSql(RunSql operation) {
            return List.of();
        }
    }
}
