package dev.migrator.internal.file;

import dev.migrator.MigrationFileException;
import dev.migrator.MigrationFileException.Problem;
import dev.migrator.SourceMark;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** The characters of a file: UTF-8 without a byte order mark, of a bounded size, and printable. */
final class YamlText {

    static final int MAX_BYTES = 1_000_000;

    private YamlText() {}

    static String decode(String file, byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw tooLarge(file, bytes.length);
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        CoderResult result = decoder.decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            throw problem(
                    markAt(file, text, text.length()),
                    String.format(
                            "is not UTF-8: the byte 0x%02X at offset %d; save the file as UTF-8",
                            bytes[in.position()], in.position()));
        }
        return text;
    }

    static void check(String file, String text) {
        if (text.length() > MAX_BYTES) {
            throw tooLarge(file, text.length());
        }
        if (text.startsWith("\uFEFF")) {
            throw problem(
                    new SourceMark(file, 1, 1), "begins with a byte order mark; save the file as UTF-8 without one");
        }
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            if (!StreamReader.isPrintable(codePoint)) {
                throw problem(
                        markAt(file, text, i),
                        String.format(
                                "has the character U+%04X, which YAML does not allow; write it as an escape in double"
                                        + " quotes if it is meant",
                                codePoint));
            }
            i += Character.charCount(codePoint);
        }
    }

    static MigrationFileException tooLarge(String file, long size) {
        return problem(
                SourceMark.wholeOf(file), "is " + size + " bytes long; a migration file has at most " + MAX_BYTES);
    }

    static MigrationFileException problem(SourceMark at, String message) {
        return new MigrationFileException(List.of(new Problem(at, "", message)));
    }

    private static SourceMark markAt(String file, String text, int end) {
        int line = 1;
        int start = 0;
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            // A CR before an LF ends no line of its own.
            if (c == '\n' || (c == '\r' && !(i + 1 < text.length() && text.charAt(i + 1) == '\n'))) {
                line++;
                start = i + 1;
            }
        }
        return new SourceMark(file, line, text.codePointCount(start, end) + 1);
    }
}
