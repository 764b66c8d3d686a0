package dev.migrator.pg.internal.release;

import dev.migrator.Identifier;
import java.util.Locale;
import java.util.regex.Pattern;

/** Names in texts of the server. */
final class Names {
    private static final String LETTER = "[\\p{L}\\p{N}_$]";

    private Names() {}

    /** A name as it stands in a message: no part of a longer one. */
    static Pattern alone(Identifier name) {
        return Pattern.compile(alone(Pattern.quote(name.value())));
    }

    /** A name as it may stand in a statement: quoted, or, where that means the same, in any case of letters. */
    static Pattern inStatement(Identifier name) {
        String quoted = Pattern.quote(name.quoted());
        boolean folds = name.value().equals(name.value().toLowerCase(Locale.ROOT));
        return Pattern.compile(
                quoted + (folds ? "|(?i)" + alone(Pattern.quote(name.value())) : ""), Pattern.UNICODE_CASE);
    }

    private static String alone(String pattern) {
        return "(?<!" + LETTER + ")" + pattern + "(?!" + LETTER + ")";
    }
}
