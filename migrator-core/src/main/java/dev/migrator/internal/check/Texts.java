package dev.migrator.internal.check;

import java.util.Locale;
import java.util.Optional;

/** Checks of texts that come from people and go to the server. */
public final class Texts {

    private Texts() {}

    /**
     * What makes a text unusable for PostgreSQL whatever it is meant for: NUL characters and unpaired surrogates, neither
     * of which can be sent.
     *
     * @param text the text
     * @return the problem, as the rest of a sentence that begins with the text's subject; empty if there is none
     */
    public static Optional<String> unsendable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return Optional.of("has a NUL character at position " + (i + 1) + ", which PostgreSQL can't store");
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return Optional.of("has half of a surrogate pair at position " + (i + 1) + ", which is no character");
            }
        }
        return Optional.empty();
    }

    /**
     * A text on one line that is told apart from every other text: backslashes doubled; line ends, control characters and
     * unpaired surrogates as escapes.
     *
     * @param text any text
     * @return the same on one line
     */
    public static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length() + 8);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    boolean unshowable =
                            switch (Character.getType(c)) {
                                case Character.CONTROL,
                                        Character.SURROGATE,
                                        Character.LINE_SEPARATOR,
                                        Character.PARAGRAPH_SEPARATOR -> true;
                                default -> false;
                            };
                    if (unshowable) {
                        line.append(String.format(Locale.ROOT, "\\u%04x", c));
                    } else {
                        line.appendCodePoint(c);
                    }
                }
            }
        });
        return line.toString();
    }
}
