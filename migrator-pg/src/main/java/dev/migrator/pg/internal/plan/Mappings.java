package dev.migrator.pg.internal.plan;

import java.util.Optional;

/** Puts a mapping to work on its table. */
final class Mappings {
    private Mappings() {}

    static void adopt(Workspace workspace, TableWork work, MappingBuilder builder) {
        Optional<Mapping> built = builder.build();
        if (built.isEmpty()) {
            return;
        }
        Mapping mapping = built.get();
        adopt(workspace, work, mapping);
        new Sample(workspace, work, mapping).look();
    }

    /** Adds a mapping unless the marker has no room for it. */
    static void adopt(Workspace workspace, TableWork work, Mapping mapping) {
        work.mappings().add(mapping);
        if (work.mappings().size() > Marker.MOST_MAPPINGS || work.newColumns().size() > Marker.MOST_NEW_COLUMNS) {
            workspace
                    .findings()
                    .refuse(
                            mapping.path(),
                            "one migration can change at most " + Marker.MOST_MAPPINGS
                                    + " columns of a table into at most " + Marker.MOST_NEW_COLUMNS + " new ones.",
                            "Use several migrations.");
        }
    }
}
