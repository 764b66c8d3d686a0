package dev.migrator.internal.file;

import dev.migrator.BackfillSettings;
import dev.migrator.Gates;
import dev.migrator.Identifier;
import dev.migrator.SourceMark;
import dev.migrator.internal.check.MigrationId;
import dev.migrator.internal.check.Texts;
import dev.migrator.internal.file.YamlNode.Sequence;
import dev.migrator.operation.Operation;
import java.util.List;
import java.util.Optional;

/** Reads one migration file. */
public final class MigrationReader {

    private static final List<String> KEYS = List.of("description", "schema", "operations", "backfill", "gates");

    private final Report report;
    private final GatesReader gates;
    private final BackfillReader backfills;

    private MigrationReader(String file) {
        this.report = new Report(file);
        this.gates = new GatesReader(report);
        this.backfills = new BackfillReader(report, gates);
    }

    /**
     * Reads a migration file.
     *
     * @param id the migration's id
     * @param file the file's name, as problems and marks show it
     * @param text its content
     * @return what it says
     * @throws dev.migrator.MigrationFileException with all its problems
     */
    public static FileContent read(String id, String file, String text) {
        return new MigrationReader(file).read(id, SourceMark.wholeOf(file), YamlParser.parse(file, text));
    }

    private FileContent read(String id, SourceMark whole, Optional<YamlNode> root) {
        MigrationId.problem(id)
                .ifPresent(problem -> report.problem(whole, "", "the id '" + Texts.oneLine(id) + "' " + problem));
        if (root.isEmpty()) {
            report.problem(whole, "", "is empty; a migration needs 'operations'");
        }
        Optional<FileContent> content =
                root.flatMap(node -> Keys.of(report, "", node, KEYS)).flatMap(keys -> content(id, keys));
        report.throwIfAny();
        return content.orElseThrow();
    }

    private Optional<FileContent> content(String id, Keys keys) {
        Optional<String> description = keys.optionalText("description");
        Optional<Identifier> schema = keys.optionalName("schema");
        List<Operation> operations = operations(keys);
        BackfillSettings backfill =
                keys.find("backfill").flatMap(backfills::read).orElseGet(BackfillSettings::defaults);
        Gates gateLists =
                keys.find("gates").map(node -> gates.read("gates", node)).orElseGet(Gates::defaults);
        return report.make(
                "", 0, () -> new FileContent(id, description, schema, operations, backfill, gateLists, report.marks()));
    }

    private List<Operation> operations(Keys keys) {
        if (keys.find("operations").orElse(null) instanceof Sequence sequence
                && sequence.items().isEmpty()) {
            report.problem(sequence, "operations", "is empty; a migration needs at least one operation");
            return List.of();
        }
        OperationReader reader = new OperationReader(report);
        return keys.list("operations", reader::read);
    }
}
