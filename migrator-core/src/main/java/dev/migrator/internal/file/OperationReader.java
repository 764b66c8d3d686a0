package dev.migrator.internal.file;

import dev.migrator.internal.check.Texts;
import dev.migrator.internal.file.YamlNode.Entry;
import dev.migrator.internal.file.YamlNode.Mapping;
import dev.migrator.operation.Operation;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the entries of {@code operations}. */
final class OperationReader {

    /** Operations that the file format has and this version does not offer yet. */
    private static final Set<String> LATER = Set.of(
            "dropNotNull",
            "setDefault",
            "dropDefault",
            "addCheck",
            "addUnique",
            "addPrimaryKey",
            "dropConstraint",
            "renameConstraint",
            "dropIndex",
            "renameIndex",
            "reindex",
            "createTable",
            "dropTable",
            "renameTable",
            "createEnum",
            "addEnumValue",
            "renameEnumValue",
            "backfill");

    private final Report report;
    private final OperationForms forms;

    OperationReader(Report report) {
        this.report = report;
        this.forms = new OperationForms(report);
    }

    /** Reads an entry; empty if there is a problem, which is in the report then. */
    Optional<Operation> read(String path, YamlNode node) {
        if (!(node instanceof Mapping mapping)) {
            report.problem(node, path, "expected a map with one key, the operation, found " + Keys.described(node));
            return Optional.empty();
        }
        if (mapping.entries().size() != 1) {
            report.problem(node, path, "has " + describe(mapping) + "; an entry has exactly one, the operation");
            return Optional.empty();
        }
        Entry entry = mapping.entries().get(0);
        String keyword = entry.key().text();
        Optional<OperationForms.Form> form = forms.of(keyword);
        if (form.isEmpty()) {
            report.problem(entry.key(), path, unavailable(keyword));
            return Optional.empty();
        }
        String operationPath = path + "." + keyword;
        report.place(operationPath, entry.key().at(), entry.value().at());
        int before = report.size();
        return Keys.of(report, operationPath, entry.value(), form.get().keys())
                .flatMap(keys ->
                        report.make(operationPath, before, form.get().reader().apply(keys)));
    }

    private String describe(Mapping mapping) {
        List<String> keys = mapping.entries().stream()
                .map(entry -> Texts.oneLine(entry.key().text()))
                .toList();
        if (keys.isEmpty()) {
            return "no key";
        }
        boolean outdented =
                forms.of(keys.get(0)).isPresent() && keys.stream().skip(1).noneMatch(forms.keywords()::contains);
        return keys.size() + " keys (" + String.join(", ", keys) + ")"
                + (outdented ? ", perhaps because those below " + keys.get(0) + " are indented too little" : "");
    }

    private String unavailable(String keyword) {
        List<String> available = forms.keywords();
        if (LATER.contains(keyword)) {
            return "operation `" + keyword + "` is not available in this version; available are: "
                    + String.join(", ", available);
        }
        return "unknown operation '" + Texts.oneLine(keyword) + "'"
                + Suggestion.of(keyword, available, "available are");
    }
}
