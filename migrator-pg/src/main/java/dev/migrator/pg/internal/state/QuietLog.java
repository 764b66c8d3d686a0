package dev.migrator.pg.internal.state;

import org.flywaydb.core.api.logging.Log;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What Flyway has to say while it installs the state schema: its progress is no news to the migrator's users. */
final class QuietLog implements Log {
    private final Logger log;

    QuietLog(Class<?> about) {
        this.log = LoggerFactory.getLogger(about);
    }

    @Override
    public void debug(String message) {
        log.trace(message);
    }

    @Override
    public void info(String message) {
        log.debug(message);
    }

    @Override
    public void warn(String message) {
        log.warn(message);
    }

    @Override
    public void error(String message) {
        log.debug(message);
    }

    @Override
    public void error(String message, Exception e) {
        log.debug(message, e);
    }

    @Override
    public void notice(String message) {
        log.debug(message);
    }
}
