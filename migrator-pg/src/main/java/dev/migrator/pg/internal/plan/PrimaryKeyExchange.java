package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.QualifiedName;
import dev.migrator.pg.internal.catalog.ConstraintInfo;
import dev.migrator.pg.internal.catalog.IndexInfo;
import dev.migrator.pg.internal.sql.Literal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A primary key that moves from an old column to a new one. A table has only one, so it is dropped and added within the
 * exchange; both indexes are built before it, the new one for the way forward and a spare one for the way back, so that
 * neither way scans under the lock.
 */
final class PrimaryKeyExchange {
    private final TableWork work;
    private final String path;
    private final ConstraintInfo key;
    private final boolean clustered;
    private final Optional<String> indexComment;
    private final Identifier copy;
    private final Identifier spare;

    PrimaryKeyExchange(TableWork work, String path, IndexInfo index) {
        this.work = work;
        this.path = path;
        this.key = work.table().constraints().stream()
                .filter(constraint -> constraint.name().equals(index.name()))
                .findFirst()
                .orElseThrow();
        this.clustered = index.clustered();
        this.indexComment = index.comment();
        this.copy = work.names().copy(work.nextNumber());
        this.spare = work.names().copy(work.nextNumber());
    }

    /** Drafts both indexes, by their definitions, and has the exchange swap the key. */
    void draft(Workspace workspace, String newUsage, String oldUsage) {
        workspace.add(Drafts.buildIndex(work, path, Phase.CONTRACT, 25, copy, true, newUsage, key.name()));
        workspace.add(Drafts.buildIndex(work, path, Phase.CONTRACT, 25, spare, true, oldUsage, key.name()));
        work.exchangePrimaryKey(this);
    }

    Identifier copy() {
        return copy;
    }

    Identifier spare() {
        return spare;
    }

    /** The key, and its index. */
    Identifier keyName() {
        return key.name();
    }

    String drop() {
        return work.alter() + "DROP CONSTRAINT " + key.name().quoted();
    }

    List<String> addOn(Identifier index) {
        List<String> statements = new ArrayList<>();
        String timing = (key.deferrable() ? " DEFERRABLE" : "") + (key.deferred() ? " INITIALLY DEFERRED" : "");
        statements.add(work.alter() + "ADD CONSTRAINT " + key.name().quoted() + " PRIMARY KEY USING INDEX "
                + index.quoted() + timing);
        Optional<String> comment = key.comment();
        comment.ifPresent(text -> statements.add("COMMENT ON CONSTRAINT "
                + key.name().quoted() + " ON " + work.name().quoted() + " IS " + Literal.text(text)));
        QualifiedName own = new QualifiedName(work.name().schema(), key.name());
        indexComment.ifPresent(
                text -> statements.add("COMMENT ON INDEX " + own.quoted() + " IS " + Literal.text(text)));
        if (clustered) {
            statements.add(work.alter() + "CLUSTER ON " + key.name().quoted());
        }
        return statements;
    }
}
