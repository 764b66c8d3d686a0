package dev.migrator.pg.engine;

/** What a writer's release knows. */
enum WriterKind {
    /** The old shape. */
    OLD,
    /** The new shape. */
    NEW,
    /** Both, and writes both, as a release on its way from one to the other may. */
    BOTH;

    boolean writesOld() {
        return this != NEW;
    }

    boolean writesNew() {
        return this != OLD;
    }
}
