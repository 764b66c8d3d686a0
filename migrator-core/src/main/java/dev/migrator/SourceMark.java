package dev.migrator;

import java.io.Serializable;

/**
 * A place in a migration file.
 *
 * @param file the file as it was given, e.g. {@code db/migrator/0007_rename.yaml}
 * @param line the line, from 1; 0 means the file as a whole
 * @param column the character in the line (a code point), from 1; 0 if the line is 0
 */
public record SourceMark(String file, int line, int column) implements Serializable {

    /**
     * The whole of a file or folder.
     *
     * @param file the file or folder
     * @return the mark
     */
    public static SourceMark wholeOf(String file) {
        return new SourceMark(file, 0, 0);
    }

    /** The form that editors and terminals link: {@code file:line:column}, or the file alone. */
    @Override
    public String toString() {
        return line == 0 ? file : file + ":" + line + ":" + column;
    }
}
