@NullMarked
package dev.migrator.pg.plan;

import org.jspecify.annotations.NullMarked;
