package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/**
 * The names of what the migrator makes on one table for one migration: short, hashed from the migration's id and the table,
 * so that they never reach PostgreSQL's 63 bytes and never meet those of another migration.
 */
final class Names {
    // Triggers of one kind fire in the order of their names, compared byte by byte.
    private static final List<String> FIRST = List.of("!", " ", "\u0001");
    private static final List<String> LAST = List.of("~", "\u007f", "\uD7FF", "\uDBFF\uDFFF");

    private final String base;

    Names(String migration, QualifiedName table) {
        this.base = "mg_"
                + hash(migration
                        + '\0'
                        + table.schema().value()
                        + '\0'
                        + table.name().value());
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The column that says of each row whether, and from which side, its shapes were brought into step. */
    Identifier marker() {
        return Identifier.of(base);
    }

    /** The function behind the sync triggers, in the state schema. */
    Identifier function() {
        return Identifier.of("sync_" + base.substring(3));
    }

    /** The table of rows that the application has to compute anew, and the function that fills it, in the state schema. */
    Identifier queue() {
        return Identifier.of("queue_" + base.substring(3));
    }

    /** The n-th column that bears a name of ours until CONTRACT. */
    Identifier work(int n) {
        return Identifier.of(base + "_w" + n);
    }

    /** The n-th column that bears a name of ours from CONTRACT on. */
    Identifier retired(int n) {
        return Identifier.of(base + "_r" + n);
    }

    /** The n-th index, constraint or statistics object that bears a name of ours until PURGE. */
    Identifier copy(int n) {
        return Identifier.of(base + "_c" + n);
    }

    /** The n-th sequence that gives numbers until CONTRACT. */
    Identifier sequence(int n) {
        return Identifier.of(base + "_s" + n);
    }

    /** A constraint that exists only to prove something before the exchange. */
    Identifier proof(String what) {
        return Identifier.of(base + "_p" + what);
    }

    /** A trigger that fires before all of these others, with a suffix that orders ours among themselves. */
    Identifier firstTrigger(Collection<Identifier> others, String suffix) {
        return FIRST.stream()
                .map(prefix -> Identifier.of(prefix + base + suffix))
                .filter(name -> others.stream().allMatch(other -> compareBytes(name, other) < 0))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no trigger name sorts before all of " + others));
    }

    /** A trigger that fires after all of these others. */
    Identifier lastTrigger(Collection<Identifier> others, String suffix) {
        return LAST.stream()
                .map(prefix -> Identifier.of(prefix + base + suffix))
                .filter(name -> others.stream().allMatch(other -> compareBytes(name, other) > 0))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no trigger name sorts after all of " + others));
    }

    /** Whether there are names that sort before and after that of another trigger. */
    static boolean leavesRoom(Identifier other) {
        return compareBytes(Identifier.of(FIRST.get(FIRST.size() - 1) + "mg"), other) < 0
                && compareBytes(Identifier.of(LAST.get(LAST.size() - 1) + "mg"), other) > 0;
    }

    private static int compareBytes(Identifier left, Identifier right) {
        return Arrays.compareUnsigned(
                left.value().getBytes(StandardCharsets.UTF_8), right.value().getBytes(StandardCharsets.UTF_8));
    }
}
