package dev.migrator.operation;

import dev.migrator.TableRef;
import dev.migrator.internal.check.Checks;
import java.util.Optional;

/**
 * Runs statements of the migration's own.
 *
 * @param expand the statements at EXPAND
 * @param contract the statements at CONTRACT
 * @param rollback the statements that undo them on the way back
 * @param transaction whether the statements of a phase run in one transaction; if not, they must bear being run again
 */
public record RunSql(Optional<String> expand, Optional<String> contract, Optional<String> rollback, boolean transaction)
        implements Operation {

    /**
     * Checks the operation.
     *
     * @throws IllegalArgumentException if there is nothing to run, or a text is blank or can't be sent to the server
     */
    public RunSql {
        expand = expand.map(String::strip);
        contract = contract.map(String::strip);
        rollback = rollback.map(String::strip);
        new Checks()
                .addIf(expand.isEmpty() && contract.isEmpty(), "", "needs `expand` or `contract`, or both")
                .text("expand", expand)
                .text("contract", contract)
                .text("rollback", rollback)
                .throwIfAny();
    }

    @Override
    public String keyword() {
        return "sql";
    }

    @Override
    public Optional<TableRef> onTable() {
        return Optional.empty();
    }

    @Override
    public <R> R match(Cases<R> cases) {
        return cases.runSql(this);
    }

    /**
     * Collects the parts of the operation; each method is named as in a migration file.
     *
     * @return a builder without any optional part
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the parts of the operation. Not thread-safe. */
    public static final class Builder {
        private Optional<String> expand = Optional.empty();
        private Optional<String> contract = Optional.empty();
        private Optional<String> rollback = Optional.empty();
        private boolean transaction = true;

        private Builder() {}

        /**
         * Gives the statements at EXPAND.
         *
         * @param sql the statements
         * @return this
         */
        public Builder expand(String sql) {
            expand = Optional.of(sql);
            return this;
        }

        /**
         * Gives the statements at CONTRACT.
         *
         * @param sql the statements
         * @return this
         */
        public Builder contract(String sql) {
            contract = Optional.of(sql);
            return this;
        }

        /**
         * Gives the statements that undo them on the way back.
         *
         * @param sql the statements
         * @return this
         */
        public Builder rollback(String sql) {
            rollback = Optional.of(sql);
            return this;
        }

        /**
         * Says whether the statements of a phase run in one transaction; left out: they do.
         *
         * @param transaction whether they do
         * @return this
         */
        public Builder transaction(boolean transaction) {
            this.transaction = transaction;
            return this;
        }

        /**
         * Makes the operation.
         *
         * @return the operation
         * @throws IllegalArgumentException with all that contradicts itself
         */
        public RunSql build() {
            return new RunSql(expand, contract, rollback, transaction);
        }
    }
}
