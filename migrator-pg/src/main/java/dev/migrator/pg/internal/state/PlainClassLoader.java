package dev.migrator.pg.internal.state;

import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;

/** Hides the application's own Flyway callbacks, which Flyway always runs when it finds them in {@code db/callback}. */
final class PlainClassLoader extends ClassLoader {
    PlainClassLoader(ClassLoader parent) {
        super(parent);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        return name.startsWith("db/callback") ? Collections.emptyEnumeration() : super.getResources(name);
    }
}
