package dev.migrator.internal.file;

import dev.migrator.BackfillSettings;
import dev.migrator.Gates;
import dev.migrator.Identifier;
import dev.migrator.SourceMark;
import dev.migrator.operation.Operation;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a migration file says.
 *
 * @param id the migration's id
 * @param description what it is for
 * @param schema the default schema
 * @param operations the operations, at least one
 * @param backfill how backfills run
 * @param gates the gates
 * @param marks where each key stands, by its path
 */
public record FileContent(
        String id,
        Optional<String> description,
        Optional<Identifier> schema,
        List<Operation> operations,
        BackfillSettings backfill,
        Gates gates,
        Map<String, SourceMark> marks) {}
