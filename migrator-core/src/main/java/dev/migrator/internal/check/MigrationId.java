package dev.migrator.internal.check;

import java.util.Optional;

/** What a migration's id may look like. */
public final class MigrationId {

    private static final int MAX_LENGTH = 200;

    private MigrationId() {}

    /**
     * What is wrong with an id.
     *
     * @param id the id
     * @return the problem, as the rest of a sentence that begins with the id; empty if there is none
     */
    public static Optional<String> problem(String id) {
        if (id.isBlank()) {
            return Optional.of("is blank");
        }
        int length = id.codePointCount(0, id.length());
        if (length > MAX_LENGTH) {
            return Optional.of("is " + length + " characters long; the most is " + MAX_LENGTH);
        }
        if (id.chars().anyMatch(Character::isISOControl)) {
            return Optional.of("has a control character");
        }
        if (!id.equals(id.strip())) {
            return Optional.of("begins or ends with white space");
        }
        return Texts.unsendable(id);
    }
}
