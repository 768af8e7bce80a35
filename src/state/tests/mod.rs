mod cut_files;
mod format;
mod session;
