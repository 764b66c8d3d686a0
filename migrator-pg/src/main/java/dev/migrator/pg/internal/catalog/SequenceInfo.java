package dev.migrator.pg.internal.catalog;

import dev.migrator.QualifiedName;
import java.util.List;
import java.util.Optional;

/**
 * The sequence of a serial or identity column.
 *
 * @param name its name
 * @param type the type of its values
 * @param start its first value
 * @param increment its step
 * @param minimum its least value
 * @param maximum its greatest value
 * @param maximumIsOfType whether the greatest value is that of its type, and so grows with the type
 * @param cache how many values a session takes at once
 * @param cycles whether it begins again after its greatest value
 * @param grants grants on it
 * @param comment the comment on it
 * @param usedBy defaults of other columns that take their numbers from it, for people
 */
public record SequenceInfo(
        QualifiedName name,
        String type,
        long start,
        long increment,
        long minimum,
        long maximum,
        boolean maximumIsOfType,
        long cache,
        boolean cycles,
        List<ColumnGrant> grants,
        Optional<String> comment,
        List<String> usedBy) {
    /** Copies the lists. */
    public SequenceInfo {
        grants = List.copyOf(grants);
        usedBy = List.copyOf(usedBy);
    }
}
