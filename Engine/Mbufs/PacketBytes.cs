using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Engine.Mbufs;

/// <summary>What the bytes of a packet may be seen as: anything but the engine's own claims and addresses.</summary>
internal static class PacketBytes
{
    /// <summary>What has to be known of a type for that, also where a linker takes away what it does not see used.</summary>
    public const DynamicallyAccessedMemberTypes Fields = DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.NonPublicFields;

    private static readonly Type[] s_refused = [typeof(Mbuf), typeof(MbufTagHandle), typeof(MbufExternalStorage)];

    /// <summary>
    /// True for a type that has a handle, and for one whose fields a linker has taken away, which may have had one: no structure is
    /// without.
    /// </summary>
    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "A nested type without fields is refused.")]
    private static bool Has([DynamicallyAccessedMembers(Fields)] Type type)
    {
        if (type.IsPrimitive || type.IsEnum || type.IsPointer)
        {
            return false;
        }

        FieldInfo[] fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        foreach (FieldInfo field in fields)
        {
            if (s_refused.Contains(field.FieldType) || (field.FieldType != type && Has(field.FieldType)))
            {
                return true;
            }
        }

        return fields.Length == 0;
    }

    /// <summary>The answer for one type, found once.</summary>
    internal static class As<[DynamicallyAccessedMembers(Fields)] T>
        where T : unmanaged
    {
        public static readonly bool IsAllowed = !s_refused.Contains(typeof(T)) && !Has(typeof(T));
    }
}
