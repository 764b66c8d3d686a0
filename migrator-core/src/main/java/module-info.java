/** The model, the plan, the rules and the engine of the migrator. It knows no database. */
module dev.migrator.core {
    requires static transitive org.jspecify;
    requires org.slf4j;
    requires org.snakeyaml.engine;

    exports dev.migrator;
    exports dev.migrator.engine;
    exports dev.migrator.operation;
    exports dev.migrator.plan;
    exports dev.migrator.throttle;
    exports dev.migrator.transform;
}
