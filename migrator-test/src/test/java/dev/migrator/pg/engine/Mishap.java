package dev.migrator.pg.engine;

import dev.migrator.test.FaultPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * What happens to an engine at one of its statements.
 *
 * @param kind what
 * @param at the statement's number, from 1
 * @param sql the statement
 */
record Mishap(Kind kind, int at, String sql) {
    /** Whether the choice is left to nobody: every statement that changes something, every way. */
    static final boolean THOROUGH = Boolean.getBoolean("migrator.test.thorough");

    /** Which of the statements are chosen otherwise; printed with each failure. */
    static final long SEED = Long.getLong("migrator.crash.seed", 1);

    // What can change something, as a whole or by its commit. All else is read, or rolled back by the planner itself.
    private static final Pattern CHANGES = Pattern.compile(
            "\\s*(BEGIN;|UPDATE (?!pg_temp)|INSERT|DELETE|WITH (?!RECURSIVE)|COMMIT|ALTER|VACUUM|ANALYZE"
                    + "|(CREATE|DROP)\\s+(UNIQUE\\s+)?INDEX\\s+CONCURRENTLY).*",
            Pattern.DOTALL);

    /** What can happen. */
    enum Kind {
        DIES_AFTER,
        LOSES_THE_ANSWER
    }

    FaultPlan plan() {
        return switch (kind) {
            case DIES_AFTER -> FaultPlan.crashAfter(at);
            case LOSES_THE_ANSWER -> FaultPlan.loseAnswer(at);
        };
    }

    boolean isDeadly() {
        return kind != Kind.LOSES_THE_ANSWER;
    }

    /** Whether a statement can change something; to die between two of these is all the same. */
    static boolean changes(String sql) {
        return CHANGES.matcher(sql).matches() && !sql.contains("SET TRANSACTION READ ONLY");
    }

    /** Something that can happen, at every statement that changes something. */
    static List<Mishap> atEachChange(Kind kind, List<String> statements) {
        return IntStream.rangeClosed(1, statements.size())
                .mapToObj(at -> new Mishap(kind, at, statements.get(at - 1)))
                .filter(mishap -> changes(mishap.sql()))
                .toList();
    }

    /**
     * Some of what can happen: of each kind, every n-th statement that changes something, from one on that the seed decides;
     * and a lost answer to one of the others. To die at one of those is to die after the last change.
     */
    static List<Mishap> some(List<String> statements, int ofEachKind, String salt) {
        Random random = new Random(SEED + salt.hashCode());
        List<Mishap> some = new ArrayList<>();
        for (Kind kind : List.of(Kind.DIES_AFTER, Kind.LOSES_THE_ANSWER)) {
            List<Mishap> changes = atEachChange(kind, statements);
            some.addAll(spread(ofEachKind, changes, random));
        }
        int any = 1 + random.nextInt(statements.size());
        some.add(new Mishap(Kind.LOSES_THE_ANSWER, any, statements.get(any - 1)));
        return some;
    }

    /** About so many of them, evenly spread, from one on that the seed decides; all of them in a thorough run. */
    static List<Mishap> spread(int about, List<Mishap> all, Random random) {
        int stride = THOROUGH ? 1 : Math.max(1, all.size() / about);
        int first = random.nextInt(stride);
        return IntStream.range(0, all.size())
                .filter(i -> i % stride == first)
                .mapToObj(all::get)
                .toList();
    }

    @Override
    public String toString() {
        String line = sql.replaceAll("\\s+", " ").strip();
        String end = line.length() > 400 ? line.substring(0, 120) + " … " + line.substring(line.length() - 260) : line;
        return "%s statement %d: %s".formatted(kind, at, end);
    }
}
