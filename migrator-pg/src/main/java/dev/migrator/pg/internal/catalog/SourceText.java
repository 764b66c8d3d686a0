package dev.migrator.pg.internal.catalog;

import dev.migrator.Identifier;
import java.util.regex.Pattern;

/** What the text of a function tells of what it uses. */
public final class SourceText {
    private SourceText() {}

    /** Whether a name stands in it, not as a part of a longer one; in whatever case, since SQL folds it. */
    public static boolean names(String source, Identifier name) {
        return Pattern.compile("(?<!\\w)" + Pattern.quote(name.value()) + "(?!\\w)", Pattern.CASE_INSENSITIVE)
                .matcher(source)
                .find();
    }
}
