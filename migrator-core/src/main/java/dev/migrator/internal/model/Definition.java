package dev.migrator.internal.model;

import dev.migrator.BackfillSettings;
import dev.migrator.Gate;
import dev.migrator.Gates;
import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.internal.check.Texts;
import dev.migrator.operation.Operation;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The canonical form of a migration. What is left out of a file is left out here too, so that a new optional key in a later
 * version changes no checksum of a migration that runs.
 */
public final class Definition {

    private static final String SEPARATOR = " = ";

    private Definition() {}

    /**
     * Writes the canonical form.
     *
     * @param schema the default schema
     * @param operations the operations
     * @param backfill the settings of the backfill, of which the choice about triggers is recorded with the plan
     * @param gates the gates
     * @return lines {@code path = value}, each ended by a line feed
     */
    public static String of(
            Optional<Identifier> schema, List<Operation> operations, BackfillSettings backfill, Gates gates) {
        Leaves leaves = new Leaves();
        leaves.put("schema", schema);
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            operation.match(new OperationLeaves(leaves, "operations[" + i + "]." + operation.keyword()));
        }
        if (backfill.userTriggers() == BackfillSettings.UserTriggers.SKIP) {
            leaves.put("backfill.userTriggers", "skip");
        }
        for (Phase phase : Phase.values()) {
            Optional.ofNullable(gates.explicit().get(phase)).ifPresent(list -> gates(leaves, phase.key(), list));
        }
        gates.rollback().ifPresent(list -> gates(leaves, "rollback", list));
        return leaves.toString();
    }

    private static void gates(Leaves leaves, String key, List<Gate> gates) {
        if (gates.isEmpty()) {
            leaves.put("gates." + key, "[]");
        }
        for (int i = 0; i < gates.size(); i++) {
            new GateLeaves(leaves).put("gates." + key + "[" + i + "]", gates.get(i));
        }
    }

    /**
     * The SHA-256 of a definition in UTF-8.
     *
     * @param definition the definition
     * @return 64 hexadecimal digits in lower case
     */
    public static String checksum(String definition) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(definition.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * What differs between two definitions, in the order of the new one, then what it no longer has.
     *
     * @param oldDefinition the definition as it was
     * @param newDefinition the definition as it is
     * @return lines for people
     */
    public static List<String> differences(String oldDefinition, String newDefinition) {
        Map<String, String> before = leaves(oldDefinition);
        Map<String, String> now = leaves(newDefinition);
        List<String> differences = new ArrayList<>();
        now.forEach((path, value) -> {
            String old = before.get(path);
            if (old == null) {
                differences.add(path + ": added, " + value);
            } else if (!old.equals(value)) {
                differences.add(path + ": was " + old + ", now " + value);
            }
        });
        before.forEach((path, value) -> {
            if (!now.containsKey(path)) {
                differences.add(path + ": removed, was " + value);
            }
        });
        return List.copyOf(differences);
    }

    private static Map<String, String> leaves(String definition) {
        Map<String, String> leaves = new LinkedHashMap<>();
        definition.lines().forEach(line -> {
            int at = line.indexOf(SEPARATOR);
            // A line of another shape can only come from another version; it is shown, not refused.
            leaves.put(at < 0 ? line : line.substring(0, at), at < 0 ? "" : line.substring(at + SEPARATOR.length()));
        });
        return leaves;
    }

    /** The lines, as they are written. */
    static final class Leaves {

        private final StringBuilder text = new StringBuilder();

        void put(String path, String value) {
            text.append(path).append(SEPARATOR).append(Texts.oneLine(value)).append('\n');
        }

        void put(String path, Identifier name) {
            put(path, name.value());
        }

        void put(String path, Optional<?> value) {
            value.ifPresent(present -> put(path, present.toString()));
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
