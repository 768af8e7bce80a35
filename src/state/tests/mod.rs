mod cut_files;
mod format;
