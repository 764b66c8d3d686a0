package dev.migrator.operation;

import dev.migrator.TableRef;
import java.util.Optional;

/** What a migration changes, in words that say the aim and not the way. */
public sealed interface Operation
        permits AddColumn,
                RenameColumn,
                ChangeType,
                SplitColumn,
                MergeColumns,
                DropColumn,
                SetNotNull,
                CreateIndex,
                AddForeignKey,
                RunSql {

    /**
     * The operation's key in a migration file.
     *
     * @return the key, e.g. {@code renameColumn}
     */
    String keyword();

    /**
     * The table that the operation changes.
     *
     * @return the table; empty if it does not say
     */
    Optional<TableRef> onTable();

    /**
     * Whether fewer writes than before are accepted once it is in force, so that releases must be ready for it.
     *
     * @return true if it narrows
     */
    default boolean narrows() {
        return false;
    }

    /**
     * Does what fits this operation. (Java 17 has no exhaustive switch over sealed types; this stands in for it.)
     *
     * @param cases what to do with each operation
     * @param <R> the kind of result
     * @return the result
     */
    <R> R match(Cases<R> cases);

    /**
     * One method an operation, so that a new operation does not compile until every place knows it.
     *
     * @param <R> the kind of result
     */
    interface Cases<R> {
        /**
         * For a new column.
         *
         * @param operation the operation
         * @return the result
         */
        R addColumn(AddColumn operation);

        /**
         * For a renamed column.
         *
         * @param operation the operation
         * @return the result
         */
        R renameColumn(RenameColumn operation);

        /**
         * For a changed type.
         *
         * @param operation the operation
         * @return the result
         */
        R changeType(ChangeType operation);

        /**
         * For a split column.
         *
         * @param operation the operation
         * @return the result
         */
        R splitColumn(SplitColumn operation);

        /**
         * For merged columns.
         *
         * @param operation the operation
         * @return the result
         */
        R mergeColumns(MergeColumns operation);

        /**
         * For a dropped column.
         *
         * @param operation the operation
         * @return the result
         */
        R dropColumn(DropColumn operation);

        /**
         * For a forbidden NULL.
         *
         * @param operation the operation
         * @return the result
         */
        R setNotNull(SetNotNull operation);

        /**
         * For a new index.
         *
         * @param operation the operation
         * @return the result
         */
        R createIndex(CreateIndex operation);

        /**
         * For a new foreign key.
         *
         * @param operation the operation
         * @return the result
         */
        R addForeignKey(AddForeignKey operation);

        /**
         * For the migration's own statements.
         *
         * @param operation the operation
         * @return the result
         */
        R runSql(RunSql operation);
    }
}
