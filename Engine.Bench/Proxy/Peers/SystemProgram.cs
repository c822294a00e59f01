namespace Engine.Mbufs.Bench.Proxy;

/// <summary>Programs of the system.</summary>
internal static class SystemProgram
{
    /// <summary>Where daemons are, which a user's PATH may not name.</summary>
    private static readonly string[] s_alsoIn = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

    /// <summary>Where a program is; null if it is not installed.</summary>
    public static string? Find(string name)
    {
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        IEnumerable<string> folders = path.Where(folder => folder.Length > 0).Concat(s_alsoIn);
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}
