// Before any of Angular's packages is loaded: they are compiled just in time.
import '@angular/compiler';
